//! A service with fixed answers.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

/// An answer that never stops.
pub const ENDLESS: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

/// The bytes that are written at once.
const CHUNK_BYTES: usize = 65_536;
/// Far more than a client that has a limit reads, and the buffers of a connection hold.
const MAX_READ_BYTES: usize = 64 * 1024 * 1024;

/// A service that gives one answer after the other, and the last one again and again.
pub struct FakeService {
    pub url: String,
    address: SocketAddr,
    answering: JoinHandle<usize>,
}

impl FakeService {
    /// Starts it. An empty answer closes the connection.
    pub fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answering = thread::spawn(move || {
            for requests in 0.. {
                let (mut connection, _) = listener.accept().unwrap();
                let mut request = [0; 4096];
                if connection.read(&mut request).unwrap() == 0 {
                    return requests;
                }
                let answer = answers.get(requests).or(answers.last()).unwrap();
                connection.write_all(answer.as_bytes()).unwrap();
                let mut sent = 0;
                while answer == ENDLESS && connection.write_all(&vec![b' '; CHUNK_BYTES]).is_ok() {
                    sent += CHUNK_BYTES;
                    assert!(
                        sent < MAX_READ_BYTES,
                        "the endless answer is read on and on"
                    );
                }
            }
            unreachable!()
        });
        Self {
            url: format!("http://{address}"),
            address,
            answering,
        }
    }

    /// Stops it, and returns the number of requests.
    pub fn stop(self) -> usize {
        drop(TcpStream::connect(self.address).unwrap());
        self.answering.join().unwrap()
    }
}

/// An answer with a JSON body.
pub fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
}
