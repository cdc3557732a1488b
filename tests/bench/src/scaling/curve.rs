//! Agents logged out over time, as a plot.

use anyhow::{Result, anyhow};
use plotters::prelude::*;

use super::simulation::Run;

const SIZE: (u32, u32) = (900, 480);
const COLOURS: [RGBColor; 6] = [
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x99, 0x99, 0x99),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0x00, 0x9e, 0x73),
];

/// Plots runs of one job by name; the time is on a logarithmic scale.
pub fn plot(agents: u32, runs: &[(&str, Run)]) -> Result<String> {
    let mut svg = String::new();
    draw(&mut svg, agents, runs).map_err(|error| anyhow!("the plot: {error}"))?;
    Ok(svg)
}

fn draw(
    svg: &mut String,
    agents: u32,
    runs: &[(&str, Run)],
) -> Result<(), Box<dyn std::error::Error>> {
    let last_s = runs.iter().map(|(_, run)| run.seconds).fold(1.0, f64::max);
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(15)
        .x_label_area_size(40)
        .y_label_area_size(80)
        .build_cartesian_2d(
            (1.0..last_s * 1.1).log_scale(),
            0.0..f64::from(agents) * 1.05,
        )?;
    chart
        .configure_mesh()
        .max_light_lines(1)
        .x_desc("seconds since the request")
        .y_desc("agents logged out")
        .x_label_formatter(&|seconds| format!("{seconds:.0}"))
        .y_label_formatter(&|agents| format!("{agents:.0}"))
        .draw()?;
    for ((name, run), colour) in runs.iter().zip(COLOURS) {
        let points = run.curve.iter().copied().filter(|point| point.0 >= 1.0);
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(*name)
            .legend(move |(x, y)| {
                PathElement::new(vec![(x, y), (x + 18, y)], colour.stroke_width(2))
            });
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .draw()?;
    area.present()?;
    Ok(())
}
