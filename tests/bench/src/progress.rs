//! Progress bars.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of a scenario, with so many steps.
#[must_use]
pub fn bar(scenario: &str, steps: usize) -> ProgressBar {
    let style = format!("{scenario:7} {{bar:40}} {{pos}}/{{len}} {{msg}}");
    let style = ProgressStyle::with_template(&style).expect("the template is right");
    ProgressBar::new(steps as u64).with_style(style)
}
