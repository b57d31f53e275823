//! Layout of text: rows of a label and a value, aligned, coloured, and wrapped to the terminal's width.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::wrap::{length, wrapped};

/// The importance of a value, shown by its colour.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Tone {
    #[default]
    Plain,
    Quiet,
    Good,
    Warning,
    Bad,
}

impl Tone {
    pub(crate) const fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Quiet => Style::new().dimmed(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
        }
    }
}

pub(crate) const HEADING: Style = Style::new().bold();
pub(crate) const LABEL: Style = AnsiColor::Cyan.on_default();

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) tone: Tone,
    /// Whether a terminal shows only its first two lines.
    pub(crate) is_cut: bool,
}

impl Row {
    /// The number of lines that a terminal shows.
    pub(crate) const fn most_lines(&self) -> usize {
        if self.is_cut { 2 } else { usize::MAX }
    }

    pub(crate) fn new(label: &str, value: impl Into<String>, tone: Tone) -> Self {
        Self { label: label.into(), value: value.into(), tone, is_cut: false }
    }
}

/// Rows under a title. The first section of a page has no title.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) rows: Vec<Row>,
}

/// The space before a label, and between it and its value.
pub(crate) const MARGIN: usize = 2;
/// The smallest width of a column, in characters.
pub(crate) const NARROWEST: usize = 24;
/// The output. A terminal has a width; in a pipe lines are not wrapped.
pub(crate) struct Page<'o> {
    pub(crate) out: &'o mut dyn Write,
    pub(crate) width: Option<usize>,
}

impl Page<'_> {
    pub(crate) fn heading(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{HEADING}{text}{HEADING:#}")
    }

    /// Prints the sections of one page, one below the other.
    pub(crate) fn sections(&mut self, sections: &[Section]) -> io::Result<()> {
        for section in sections {
            if !section.title.is_empty() {
                writeln!(self.out)?;
                for line in wrapped(&section.title, self.room(MARGIN), usize::MAX) {
                    writeln!(self.out, "{:MARGIN$}{HEADING}{line}{HEADING:#}", "")?;
                }
            }
            self.rows(&section.rows)?;
        }
        Ok(())
    }

    /// The remaining width, in characters.
    pub(crate) fn room(&self, taken: usize) -> usize {
        self.width.map_or(usize::MAX, |width| width.saturating_sub(taken).max(1))
    }

    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        let label_width = rows.iter().map(|row| length(&row.label)).max().unwrap_or_default();
        let gap = if label_width > 0 { MARGIN } else { 0 };
        let beside = MARGIN.saturating_add(label_width).saturating_add(gap);
        // If the terminal is too narrow for two columns, values go below their labels.
        let is_below = self.room(beside) < NARROWEST && label_width > 0;
        let indent = if is_below { 2 * MARGIN } else { beside };
        let mut last = "";
        for row in rows {
            // Several values of one label go below each other.
            let mut label = if row.label == last { "" } else { &row.label };
            last = &row.label;
            if is_below && !label.is_empty() {
                writeln!(self.out, "{:MARGIN$}{LABEL}{label}{LABEL:#}", "")?;
                label = "";
            }
            let style = row.tone.style();
            for line in wrapped(&row.value, self.room(indent), row.most_lines()) {
                let padding = indent.saturating_sub(MARGIN).saturating_sub(length(label));
                let label_style = if label.is_empty() { Style::new() } else { LABEL };
                write!(
                    self.out,
                    "{:MARGIN$}{label_style}{label}{label_style:#}{:padding$}",
                    "", ""
                )?;
                writeln!(self.out, "{style}{line}{style:#}")?;
                label = "";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::table::side_by_side;

    pub(crate) fn shown(
        width: Option<usize>,
        write: impl FnOnce(&mut Page<'_>) -> io::Result<()>,
    ) -> String {
        let mut out = Vec::new();
        write(&mut Page { out: &mut out, width }).unwrap();
        anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
    }

    fn rows() -> Vec<Row> {
        let value = "CN=client.example,O=Example Corporation,C=DE";
        [("name", "DNS a"), ("name", "DNS b"), ("subject", value)]
            .map(|(label, value)| Row::new(label, value, Tone::Plain))
            .into()
    }

    #[test]
    fn rows_wide_narrow_and_piped() {
        let section = || [Section { title: String::new(), rows: rows() }];
        let at = |width| shown(width, |page| page.sections(&section()));
        assert_eq!(
            at(None),
            "  name     DNS a\n           DNS b\n  subject  CN=client.example,O=Example Corporation,C=DE\n"
        );
        assert_eq!(
            at(Some(40)),
            "  name     DNS a\n           DNS b\n  subject  CN=client.example,O=Example\n           Corporation,C=DE\n"
        );
        assert_eq!(
            at(Some(30)),
            "  name\n    DNS a\n    DNS b\n  subject\n    CN=client.example,\n    O=Example Corporation,C=DE\n"
        );
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in 10..120 {
            let page =
                || vec![Section { title: "some title, and more of it".into(), rows: rows() }];
            let below = shown(Some(width), |out| out.sections(&page()));
            let pages = [("a".into(), page()), ("b".into(), page())];
            let beside = shown(Some(width), |out| side_by_side(&pages, out));
            let longest = |text: &str| text.lines().map(length).max();
            assert!(longest(&below) <= Some(width), "{below}");
            assert!(width < 40 || longest(&beside) <= Some(width), "{beside}");
        }
    }
}
