//! Plots, as SVG.

use plotters::prelude::*;

/// Points that are joined by a line, and marked if they are few.
#[derive(Clone, Debug)]
pub struct Curve<'a> {
    /// What it shows.
    pub name: &'a str,
    /// The points, from left to right.
    pub points: Vec<(f64, f64)>,
}

const SIZE: (u32, u32) = (900, 480);
/// Each is told from the others by those who see few colours, too (Okabe and Ito, "Color Universal Design").
const COLOURS: [RGBColor; 6] = [
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0x99, 0x99, 0x99),
];
const FEW_POINTS: usize = 20;

/// Curves over a logarithmic axis.
#[must_use]
pub fn log_plot(title: &str, x: &str, y: &str, curves: &[Curve<'_>]) -> String {
    let mut svg = String::new();
    draw(&mut svg, (title, x, y), curves).expect("a text takes every plot");
    svg
}

fn draw(
    svg: &mut String,
    (title, x, y): (&str, &str, &str),
    curves: &[Curve<'_>],
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
    chart
        .configure_mesh()
        .max_light_lines(1)
        .x_desc(x)
        .y_desc(y)
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| format!("{y:.0}"))
        .draw()?;
    for (curve, colour) in curves.iter().zip(COLOURS) {
        let mark = if curve.points.len() <= FEW_POINTS {
            3
        } else {
            0
        };
        let line = LineSeries::new(curve.points.iter().copied(), colour.stroke_width(2));
        chart
            .draw_series(line.point_size(mark))?
            .label(curve.name)
            .legend(move |(x, y)| {
                PathElement::new(vec![(x, y), (x + 20, y)], colour.stroke_width(2))
            });
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .draw()?;
    drop(chart);
    area.present()?;
    Ok(())
}
