//! Plots, as SVG.

use plotters::prelude::*;

/// Points that are joined by a line.
#[derive(Clone, Debug)]
pub struct Curve {
    /// What it shows.
    pub name: &'static str,
    /// The points, from left to right.
    pub points: Vec<(f64, f64)>,
}

const SIZE: (u32, u32) = (800, 400);
const COLOURS: [RGBColor; 4] = [
    RGBColor(0x1f, 0x77, 0xb4),
    RGBColor(0xff, 0x7f, 0x0e),
    RGBColor(0x2c, 0xa0, 0x2c),
    RGBColor(0xd6, 0x27, 0x28),
];

/// Curves over a logarithmic axis.
#[must_use]
pub fn log_plot(title: &str, x: &str, y: &str, curves: &[Curve]) -> String {
    let mut svg = String::new();
    draw(&mut svg, (title, x, y), curves).expect("a text takes every plot");
    svg
}

fn draw(
    svg: &mut String,
    (title, x, y): (&str, &str, &str),
    curves: &[Curve],
) -> Result<(), Box<dyn std::error::Error>> {
    let points = || curves.iter().flat_map(|curve| curve.points.iter());
    let least = points().map(|(x, _)| *x).fold(f64::INFINITY, f64::min);
    let most = points().map(|(x, _)| *x).fold(1.0, f64::max);
    let top = points().map(|(_, y)| *y).fold(0.0, f64::max) * 1.1;
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(70)
        .build_cartesian_2d((least.min(most)..most).log_scale(), 0.0..top)?;
    chart.configure_mesh().x_desc(x).y_desc(y).draw()?;
    for (curve, colour) in curves.iter().zip(COLOURS) {
        let line = LineSeries::new(curve.points.clone(), colour.stroke_width(2)).point_size(3);
        chart
            .draw_series(line)?
            .label(curve.name)
            .legend(move |(x, y)| {
                PathElement::new(vec![(x, y), (x + 20, y)], colour.stroke_width(2))
            });
    }
    let labels = &mut chart.configure_series_labels();
    labels.background_style(WHITE).border_style(BLACK).draw()?;
    drop(chart);
    area.present()?;
    Ok(())
}
