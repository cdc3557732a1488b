//! Progress on standard error; invisible if that is no terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The time between two pictures of a spinner.
const SPINNER_TICK: Duration = Duration::from_millis(100);

/// A progress bar.
pub fn progress_bar(label: &str, total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64).with_message(label.to_owned());
    bar.set_style(bar_style());
    bar
}

/// A spinner for work whose size is not known yet; [`advance`] makes it a progress bar.
pub fn spinner(label: &str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(label.to_owned());
    spinner.set_style(spinner_style());
    spinner.enable_steady_tick(SPINNER_TICK);
    spinner
}

/// Shows how much is done, of how much if that is known. Of nothing, a bar would be full at once.
pub fn advance(progress: &ProgressBar, done: u64, total: Option<u64>) {
    if let Some(total) = total.filter(|total| *total > 0) {
        progress.disable_steady_tick();
        progress.set_style(bar_style());
        progress.set_length(total);
        progress.set_position(done);
    }
}

fn bar_style() -> ProgressStyle {
    style("{msg} {wide_bar} {human_pos}/{human_len} {eta}")
}

fn spinner_style() -> ProgressStyle {
    style("{spinner} {msg}")
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("every template is a constant, and valid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_valid() {
        assert_eq!(progress_bar("agents", 3).length(), Some(3));
        assert_eq!(spinner("job 1").length(), None);
    }

    #[test]
    fn a_spinner_becomes_a_bar_once_the_total_is_known() {
        let progress = spinner("job 1");
        for unknown in [None, Some(0)] {
            advance(&progress, 0, unknown);
            assert_eq!(progress.length(), None);
        }
        advance(&progress, 2, Some(3));
        assert_eq!((progress.position(), progress.length()), (2, Some(3)));
    }
}
