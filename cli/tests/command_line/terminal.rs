//! The command on a terminal.
#![cfg(unix)]

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread;

use nix::pty::{Winsize, openpty};
use tokio::task::spawn_blocking;

/// How the command ended, and everything that the terminal got, with what was typed.
#[derive(Debug)]
pub struct Shown {
    pub code: i32,
    pub text: String,
}

/// Runs a command on a terminal of that many columns, where somebody types `typed`.
pub async fn on_terminal(program: Command, columns: u16, typed: &str) -> Shown {
    let typed = typed.to_owned();
    let run = move || run(program, columns, &typed);
    spawn_blocking(run).await.unwrap()
}

fn run(mut program: Command, columns: u16, typed: &str) -> Shown {
    let size = Winsize {
        ws_row: 24,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let pty = openpty(Some(&size), None).unwrap();
    let end = || Stdio::from(pty.slave.try_clone().unwrap());
    program.stdin(end()).stdout(end()).stderr(end());
    let mut child = program.env("TERM", "xterm").spawn().unwrap();
    // Only the child may keep its end open: then the terminal ends with the child.
    drop((program, pty.slave));
    let mut terminal = File::from(pty.master);
    terminal.write_all(typed.as_bytes()).unwrap();
    let reading = thread::spawn(move || {
        let mut text = Vec::new();
        // Linux ends with an error, as the other end is closed.
        let _ = terminal.read_to_end(&mut text);
        text
    });
    let code = child.wait().unwrap().code().unwrap();
    let text = String::from_utf8(reading.join().unwrap()).unwrap();
    Shown {
        code,
        text: text.replace("\r\n", "\n"),
    }
}
