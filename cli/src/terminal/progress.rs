//! Progress bars.

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar on standard error; invisible if that is no terminal.
pub fn progress_bar(label: &str, total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64);
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}");
    bar.set_style(style.expect("the template is a constant, and valid"));
    bar.set_message(label.to_owned());
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_valid() {
        assert_eq!(progress_bar("agents", 3).length(), Some(3));
    }
}
