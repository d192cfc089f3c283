//! Plots as SVG in the page: bars over time, places, a network.
//!
//! In: numbers and names. Out: `svg` elements that scale, each a picture with a title and a
//! description. The colours in them are names only: the style sheet gives each its value, once for light
//! and once for dark. Each plot comes for wide and for narrow screens, of which the style sheet shows one.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "what is drawn is few and small"
)]

use std::fmt::Write;
use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::html::{Short, Text as Escaped, count};

/// Text and axes.
const INK: RGBColor = RGBColor(0, 0, 1);
/// Lines that only help to read.
const GRID: RGBColor = RGBColor(0, 0, 2);
/// Bars and circles of no kind.
const BAR: RGBColor = RGBColor(0, 0, 3);
/// The page behind the plot.
const PAPER: RGBColor = RGBColor(0, 0, 4);
/// Edges of a network.
const EDGE: RGBColor = RGBColor(0, 0, 5);
/// Kinds of entities have the colours from this one on, in the order of [`KINDS`].
const FIRST_KIND: u8 = 16;

/// Kinds that have a colour and a shape of their own.
pub(super) const KINDS: &[&str] =
    &["person", "organization", "armed_group", "state", "place", "agreement", "event"];

/// Size of text in pixels of the plot.
const TEXT: i32 = 13;
/// What the library multiplies font sizes by less than it should.
const SCALE: f64 = 1.24;

type Area<'s> = DrawingArea<SVGBackend<'s>, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// For what screen a plot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Screen {
    Wide,
    Narrow,
}

impl Screen {
    pub(super) const ALL: [Self; 2] = [Self::Wide, Self::Narrow];

    /// Pixels of the plot from left to right.
    pub(super) fn width(self) -> i32 {
        match self {
            Self::Wide => 880,
            Self::Narrow => 330,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Narrow => "narrow",
        }
    }
}

fn font<'a>(colour: RGBColor) -> TextStyle<'a> {
    ("sans-serif", f64::from(TEXT) * SCALE).into_font().color(&colour)
}

/// An axis whose lines and labels are at points of our choice.
struct Axis {
    from: f64,
    to: f64,
    points: Vec<f64>,
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (low, high): (i32, i32)) -> i32 {
        let share = (value - self.from) / (self.to - self.from);
        low + (share * f64::from(high - low)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.points.clone() }
    }

    fn range(&self) -> Range<f64> {
        self.from..self.to
    }
}

/// Draws, and makes the result a picture that the page describes. `id` tells it from others.
fn picture(
    id: &str,
    screen: Screen,
    height: i32,
    (title, description): (&str, &str),
    draw: impl Fn(&Area<'_>) -> Drawn,
) -> String {
    let (width, height) = (screen.width(), height.max(1));
    let mut svg = String::new();
    {
        let backend = SVGBackend::with_string(&mut svg, (width as u32, height as u32));
        let area = backend.into_drawing_area();
        // Drawing into a text can fail only where a plot has no room for its axes; it is empty then.
        if draw(&area).and_then(|()| area.present()).is_err() {
            return String::new();
        }
    }
    let body = svg.split_once('>').map_or("", |(_, body)| body.trim_start());
    let id = format!("{id}-{}", screen.class());
    format!(
        "<svg class=\"plot {}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\n\
         <title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n{body}",
        screen.class(),
        Escaped(title),
        Escaped(description),
    )
}

/// Round numbers from 0 to at least `most`, some four of them.
fn ticks(most: usize) -> Vec<usize> {
    let most = most.max(1);
    let mut unit = 1;
    let step = loop {
        if let Some(step) = [1, 2, 5].into_iter().map(|n| n * unit).find(|step| step * 4 >= most) {
            break step;
        }
        unit *= 10;
    };
    (0..=most.div_ceil(step)).map(|n| n * step).collect()
}

/// Bars in time: for each series its name and its counts, one for each label. All series have the
/// same labels, and each has a plot of its own below the one before.
pub(super) fn bars(
    id: &str,
    about: (&str, &str),
    labels: &[String],
    series: &[(String, Vec<usize>)],
    screen: Screen,
) -> String {
    let one = if series.len() == 1 { 200 } else { 96 };
    let most = series.iter().flat_map(|(_, counts)| counts).max().copied().unwrap_or(0);
    let ticks: Vec<f64> = ticks(most).into_iter().map(|n| n as f64).collect();
    let top = ticks.last().copied().unwrap_or(1.0);
    let n = labels.len().max(1);
    let widest = labels.iter().map(|label| label.chars().count() as i32).max().unwrap_or(1);
    let left = 20 + 8 * count(top as usize).len() as i32;
    let fit = (screen.width() - left - 26) / (widest * 8 + 14);
    let every = n.div_ceil(fit.max(1) as usize);
    let shown: Vec<f64> = (0..n).step_by(every).map(|at| at as f64 + 0.5).collect();
    let few = if series.len() == 1 { ticks } else { vec![0.0, top] };
    picture(id, screen, one * series.len() as i32 + 16, about, |area| {
        let parts = area.margin(4, 12, 0, 26).split_evenly((series.len(), 1));
        for (at, ((name, counts), part)) in series.iter().zip(&parts).enumerate() {
            let named = series.len() > 1;
            let last = at + 1 == series.len();
            let mut chart = ChartBuilder::on(part)
                .margin_top(if named { 22 } else { 10 })
                .x_label_area_size(26)
                .y_label_area_size(left)
                .build_cartesian_2d(
                    Axis { from: 0.0, to: n as f64, points: shown.clone() },
                    Axis { from: 0.0, to: top, points: few.clone() },
                )?;
            chart
                .configure_mesh()
                .disable_x_mesh()
                .light_line_style(TRANSPARENT)
                .bold_line_style(GRID)
                .axis_style(INK)
                .label_style(font(INK))
                .x_label_formatter(&|x| {
                    let label = labels.get(x.floor() as usize).filter(|_| last);
                    label.cloned().unwrap_or_default()
                })
                .y_label_formatter(&|y| count(y.round() as usize))
                .draw()?;
            let gap = if n > 60 { 0.05 } else { 0.15 };
            chart.draw_series(counts.iter().enumerate().filter(|(_, n)| **n > 0).map(
                |(at, n)| {
                    let left = at as f64 + gap;
                    let right = (at + 1) as f64 - gap;
                    Rectangle::new([(left, *n as f64), (right, 0.0)], BAR.filled())
                },
            ))?;
            if named {
                part.draw(&Text::new(Short(name).plain(), (left, 4), font(INK)))?;
            }
        }
        Ok(())
    })
}

/// A thing with a place on a picture.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    pub(super) name: String,
    /// Place in [`KINDS`].
    pub(super) kind: Option<usize>,
    /// Longitude and latitude, or any other two coordinates.
    pub(super) at: (f64, f64),
    pub(super) weight: usize,
}

/// A range of degrees: west, east, south, north.
pub(super) type Extent = (f64, f64, f64, f64);

/// An extent that holds all of `spots` and some room around them, in whole degrees.
pub(super) fn extent(spots: &[(f64, f64)]) -> Extent {
    let low = |value: fn(&(f64, f64)) -> f64| spots.iter().map(value).fold(f64::MAX, f64::min);
    let high = |value: fn(&(f64, f64)) -> f64| spots.iter().map(value).fold(f64::MIN, f64::max);
    let (west, east) = (low(|s| s.0), high(|s| s.0));
    let (south, north) = (low(|s| s.1), high(|s| s.1));
    let room = ((east - west).max(north - south) * 0.08).max(0.5);
    (
        (west - room).floor().max(-180.0),
        (east + room).ceil().min(180.0),
        (south - room).floor().max(-90.0),
        (north + room).ceil().min(90.0),
    )
}

/// Degrees between two lines of a graticule over `span` degrees.
fn graticule(span: f64, lines: f64) -> f64 {
    let steps = [0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0];
    steps.into_iter().find(|step| span / step <= lines).unwrap_or(60.0)
}

/// The cosine of a latitude, by the approximation of Bhaskara I, which is right to 0.002 and rounded alike on
/// every machine.
fn cosine(degrees: f64) -> f64 {
    let square = degrees * degrees;
    4.0 * (8_100.0 - square) / (32_400.0 + square)
}

/// Places in an equirectangular projection, true to scale on the middle parallel; the area of a circle says
/// how often a place is spoken of.
pub(super) fn map(
    id: &str,
    about: (&str, &str),
    spots: &[Spot],
    (west, east, south, north): Extent,
    screen: Screen,
) -> String {
    let (left, below) = (50, 26);
    let wide = f64::from(screen.width() - left - 20);
    let (lowest, highest) = match screen {
        Screen::Wide => (300.0, 520.0),
        Screen::Narrow => (240.0, 360.0),
    };
    // A degree of longitude is shorter than one of latitude; the plot shows more of the other where
    // its height is at its bounds.
    let scale = cosine(f64::midpoint(south, north)).max(0.2);
    let tall = wide * (north - south) / ((east - west) * scale);
    let high = tall.clamp(lowest, highest);
    let (mut lon, mut lat) = ((west, east), (south, north));
    let widen = |(low, high): (f64, f64), by: f64| {
        let more = (high - low) * (by - 1.0) / 2.0;
        (low - more, high + more)
    };
    if tall > high {
        lon = widen(lon, tall / high);
    } else {
        lat = widen(lat, high / tall);
    }
    let lines = |(low, high): (f64, f64), step: f64, most: f64| -> Vec<f64> {
        let first = (low / step).ceil() as i64;
        let last = (high / step).floor() as i64;
        (first..=last).map(|n| n as f64 * step).filter(|at| at.abs() <= most).collect()
    };
    let step = graticule((lon.1 - lon.0).max((lat.1 - lat.0) * 1.5), wide / 70.0);
    let degrees = |value: f64, plus: &str, minus: &str| {
        let mark = if value > 0.0 {
            plus
        } else if value < 0.0 {
            minus
        } else {
            ""
        };
        format!("{}°{mark}", value.abs())
    };
    picture(id, screen, high as i32 + below + 20, about, |area| {
        let part = area.margin(10, 10, 0, 20);
        let mut chart = ChartBuilder::on(&part)
            .x_label_area_size(below)
            .y_label_area_size(left)
            .build_cartesian_2d(
                Axis { from: lon.0, to: lon.1, points: lines(lon, step, 180.0) },
                Axis { from: lat.0, to: lat.1, points: lines(lat, step, 90.0) },
            )?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(GRID)
            .label_style(font(INK))
            .x_label_formatter(&|x| degrees(*x, "E", "W"))
            .y_label_formatter(&|y| degrees(*y, "N", "S"))
            .draw()?;
        let inside = |spot: &&Spot| {
            (lon.0..=lon.1).contains(&spot.at.0) && (lat.0..=lat.1).contains(&spot.at.1)
        };
        let nodes: Vec<Node> = spots
            .iter()
            .filter(inside)
            .map(|spot| Node {
                at: chart.backend_coord(&spot.at),
                radius: radius(spot.weight, spots, 16.0),
                name: &spot.name,
                kind: None,
            })
            .collect();
        draw_nodes(area, &nodes)
    })
}

/// A network: the places of `spots` are in the unit square, edges are their numbers and weights.
pub(super) fn network(
    id: &str,
    about: (&str, &str),
    spots: &[Spot],
    edges: &[super::network::Edge],
    screen: Screen,
) -> String {
    let height = match screen {
        Screen::Wide => 600,
        Screen::Narrow => 420,
    };
    let (x, y) = match screen {
        Screen::Wide => (90, 30),
        Screen::Narrow => (46, 30),
    };
    let place = |(right, down): (f64, f64)| {
        (
            x + (right * f64::from(screen.width() - 2 * x)) as i32,
            y + (down * f64::from(height - 2 * y)) as i32,
        )
    };
    let most = edges.iter().map(|edge| edge.2).max().unwrap_or(1) as f64;
    picture(id, screen, height, about, |area| {
        for (one, other, weight) in edges {
            let (Some(one), Some(other)) = (spots.get(*one), spots.get(*other)) else { continue };
            let width = 1 + (5.0 * *weight as f64 / most) as u32;
            let style = EDGE.mix(0.45).stroke_width(width);
            area.draw(&PathElement::new([place(one.at), place(other.at)], style))?;
        }
        let nodes: Vec<Node> = spots
            .iter()
            .map(|spot| Node {
                at: place(spot.at),
                radius: radius(spot.weight, spots, 15.0),
                name: &spot.name,
                kind: spot.kind,
            })
            .collect();
        draw_nodes(area, &nodes)
    })
}

/// The radius of a circle whose area is as great as its weight, the heaviest having the radius `most`.
fn radius(weight: usize, spots: &[Spot], most: f64) -> i32 {
    let heaviest = spots.iter().map(|spot| spot.weight).max().unwrap_or(1).max(1) as f64;
    ((weight as f64 / heaviest).sqrt() * most).round().max(4.0) as i32
}

/// A spot in pixels.
struct Node<'a> {
    at: (i32, i32),
    radius: i32,
    name: &'a str,
    kind: Option<usize>,
}

/// Pixels of a text, about.
fn text_width(text: &str) -> i32 {
    let halves: i32 = text.chars().map(|c| if u32::from(c) > 0x2e80 { 2 } else { 1 }).sum();
    halves * TEXT * 29 / 50
}

/// A rectangle: left, top, right, bottom.
type Frame = (i32, i32, i32, i32);

fn overlap(a: Frame, b: Frame) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

/// Shapes, and their names where these fit beside them and lie on nothing else. The first nodes
/// have the first choice.
fn draw_nodes(area: &Area<'_>, nodes: &[Node<'_>]) -> Drawn {
    for node in nodes.iter().rev() {
        draw_shape(area, node)?;
    }
    let (width, height) = area.dim_in_pixel();
    let mut taken: Vec<Frame> = nodes
        .iter()
        .map(|node| {
            let ((x, y), r) = (node.at, node.radius);
            (x - r, y - r, x + r, y + r)
        })
        .collect();
    for node in nodes {
        let name = cut(&Short(node.name).plain());
        let (wide, tall) = (text_width(&name), TEXT + 2);
        let ((x, y), r) = (node.at, node.radius + 3);
        let frames = [
            (x + r, y - tall / 2),
            (x - r - wide, y - tall / 2),
            (x - wide / 2, y + r),
            (x - wide / 2, y - r - tall),
        ];
        let free = frames.into_iter().map(|(x, y)| (x, y, x + wide, y + tall)).find(|frame| {
            frame.0 >= 0
                && frame.1 >= 0
                && frame.2 <= width as i32
                && frame.3 <= height as i32
                && !taken.iter().any(|other| overlap(*frame, *other))
        });
        if let Some(frame) = free {
            taken.push(frame);
            let style = font(INK).pos(Pos::new(HPos::Left, VPos::Center));
            area.draw(&Text::new(name, (frame.0, frame.1 + tall / 2), style))?;
        }
    }
    Ok(())
}

/// A name that leaves room for others.
fn cut(name: &str) -> String {
    const MOST: usize = 26;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    let head: String = name.chars().take(MOST - 1).collect();
    format!("{}…", head.trim_end())
}

/// The corners of the shapes of [`KINDS`], in fractions of the radius; none is a circle.
const SHAPES: &[&[(f64, f64)]] = &[
    &[],
    &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    &[(0.0, -1.2), (1.1, 0.9), (-1.1, 0.9)],
    &[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)],
    &[(0.0, 1.2), (1.1, -0.9), (-1.1, -0.9)],
    &[(0.0, -1.15), (1.1, -0.3), (0.7, 1.0), (-0.7, 1.0), (-1.1, -0.3)],
    &[(-0.5, -1.0), (0.5, -1.0), (1.1, 0.0), (0.5, 1.0), (-0.5, 1.0), (-1.1, 0.0)],
];

fn colour(kind: Option<usize>) -> RGBColor {
    kind.map_or(BAR, |kind| RGBColor(0, 0, FIRST_KIND + kind as u8))
}

fn draw_shape(area: &Area<'_>, node: &Node<'_>) -> Drawn {
    let colour = colour(node.kind);
    let corners = node.kind.and_then(|kind| SHAPES.get(kind)).copied().unwrap_or_default();
    if corners.is_empty() {
        // What lies below a place shows through, so that circles upon each other can be told apart.
        let strength = if node.kind.is_none() { 0.6 } else { 1.0 };
        area.draw(&Circle::new(node.at, node.radius, colour.mix(strength).filled()))?;
        return area.draw(&Circle::new(node.at, node.radius, PAPER.stroke_width(1)));
    }
    let ((x, y), r) = (node.at, f64::from(node.radius));
    let corner = |(dx, dy): &(f64, f64)| (x + (dx * r).round() as i32, y + (dy * r).round() as i32);
    let mut path: Vec<(i32, i32)> = corners.iter().map(corner).collect();
    area.draw(&Polygon::new(path.clone(), colour.filled()))?;
    path.extend(path.first().copied());
    area.draw(&PathElement::new(path, PAPER.stroke_width(1)))
}

/// The shapes of the kinds with their names, for people.
pub(super) fn legend() -> String {
    let mut out = String::from("<ul class=\"legend\">");
    for (at, kind) in KINDS.iter().enumerate() {
        let shape = match SHAPES.get(at) {
            Some(corners) if !corners.is_empty() => {
                let points: Vec<String> = corners
                    .iter()
                    .map(|(x, y)| {
                        format!("{},{}", (8.0 + x * 5.5).round(), (8.0 + y * 5.5).round())
                    })
                    .collect();
                format!(
                    "<polygon points=\"{}\" fill=\"#0000{:02X}\"/>",
                    points.join(" "),
                    FIRST_KIND as usize + at
                )
            }
            _ => format!(
                "<circle cx=\"8\" cy=\"8\" r=\"6\" fill=\"#0000{:02X}\"/>",
                FIRST_KIND as usize + at
            ),
        };
        let _ = write!(
            out,
            "<li><svg class=\"plot key\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">{shape}</svg>{}</li>",
            kind.replace('_', " ")
        );
    }
    out + "</ul>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_beyond_the_greatest() {
        for (most, expected) in [
            (0, vec![0, 1]),
            (3, vec![0, 1, 2, 3]),
            (7, vec![0, 2, 4, 6, 8]),
            (41, vec![0, 20, 40, 60]),
            (400, vec![0, 100, 200, 300, 400]),
        ] {
            assert_eq!(ticks(most), expected);
        }
    }

    #[test]
    fn cosines_are_right_to_two_places() {
        for degrees in 0..=90 {
            let degrees = f64::from(degrees);
            assert!((cosine(degrees) - degrees.to_radians().cos()).abs() < 0.002, "{degrees}");
        }
    }

    #[test]
    fn names_are_no_markup_and_do_not_overlap() {
        let spot = |name: &str, at| Spot { name: name.to_owned(), kind: Some(3), at, weight: 1 };
        let spots =
            [spot("<script>&", (0.5, 0.5)), spot("Beside", (0.5, 0.5)), spot("Far", (0.9, 0.9))];
        for screen in Screen::ALL {
            let svg = network("n", ("<t>", "d"), &spots, &[(0, 1, 1), (1, 2, 3)], screen);
            assert!(svg.contains("&lt;script&gt;&amp;") && !svg.contains("<script"), "{svg}");
            assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
            assert!(svg.contains("role=\"img\"") && svg.contains("&lt;t&gt;"));
        }
    }

    #[test]
    fn maps_and_bars_of_all_sizes_are_drawn() {
        let spot = |at| Spot { name: "Somewhere".to_owned(), kind: None, at, weight: 2 };
        for places in [
            vec![(0.0, 0.0)],
            vec![(-180.0, -90.0), (180.0, 90.0)],
            vec![(37.0, 36.0), (37.1, 36.1)],
        ] {
            let spots: Vec<Spot> = places.iter().map(|at| spot(*at)).collect();
            for screen in Screen::ALL {
                let svg = map("m", ("t", "d"), &spots, extent(&places), screen);
                assert_eq!(svg.matches("<circle").count(), 2 * places.len(), "{svg}");
            }
        }
        for n in [1, 2, 30, 500] {
            let labels: Vec<String> = (0..n).map(|n| n.to_string()).collect();
            for series in [1, 3] {
                let series = vec![("One".to_owned(), vec![7; n]); series];
                for screen in Screen::ALL {
                    let svg = bars("b", ("t", "d"), &labels, &series, screen);
                    assert_eq!(svg.matches("fill=\"#000003\"").count(), n * series.len());
                }
            }
        }
    }
}
