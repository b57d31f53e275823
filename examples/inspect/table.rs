//! Pages side by side, row by row.

use std::io;
use std::ops::Range;

use anstyle::Style;

use crate::page::{HEADING, LABEL, MARGIN, NARROWEST, Page, Row, Section, Tone};
use crate::wrap::{length, wrapped};

/// The rows with one label on every page.
struct Cells<'p> {
    section: &'p str,
    label: &'p str,
    rows: Vec<Vec<&'p Row>>,
}

impl Cells<'_> {
    fn differ(&self) -> bool {
        let values =
            |rows: &Vec<&Row>| rows.iter().map(|row| row.value.clone()).collect::<Vec<_>>();
        let mut all = self.rows.iter().map(values);
        let first = all.next();
        all.any(|other| Some(other) != first)
    }
}

/// Prints pages with their titles, and a `*` before every label with differences. A terminal shows as many pages side by side as fit,
/// and the others below.
pub(crate) fn side_by_side(
    pages: &[(String, Vec<Section>)],
    page: &mut Page<'_>,
) -> io::Result<()> {
    let cells = cells(pages);
    let label_width = cells.iter().map(|cells| length(cells.label)).max().unwrap_or_default();
    let room = page.room(label_width.saturating_add(MARGIN));
    let column = NARROWEST.saturating_add(MARGIN);
    let at_once = page.width.map_or(pages.len(), |_| room.div_euclid(column)).max(1);
    let mut start = 0usize;
    while start < pages.len() {
        if start > 0 {
            writeln!(page.out)?;
        }
        let shown = start..start.saturating_add(at_once).min(pages.len());
        let width = match page.width {
            Some(_) => room.div_euclid(shown.len().max(1)).saturating_sub(MARGIN).max(1),
            None => widest(pages),
        };
        start = shown.end;
        let mut table =
            Table { label_width, width, is_wrapped: page.width.is_some(), page: &mut *page };
        table.write(pages, &cells, shown)?;
    }
    Ok(())
}

/// Sections and labels in the order in which the pages have them.
fn cells(pages: &[(String, Vec<Section>)]) -> Vec<Cells<'_>> {
    let mut all: Vec<Cells<'_>> = Vec::new();
    for (number, (_, sections)) in pages.iter().enumerate() {
        for section in sections {
            for row in &section.rows {
                let is_same = |cells: &&mut Cells<'_>| {
                    cells.section == section.title && cells.label == row.label
                };
                if let Some(cells) = all.iter_mut().find(is_same) {
                    cells.rows.get_mut(number).into_iter().for_each(|rows| rows.push(row));
                    continue;
                }
                let mut rows = vec![Vec::new(); pages.len()];
                rows.get_mut(number).into_iter().for_each(|rows| rows.push(row));
                let of_section = all.iter().rposition(|cells| cells.section == section.title);
                let at = of_section.map_or(all.len(), |at| at.saturating_add(1));
                all.insert(at, Cells { section: &section.title, label: &row.label, rows });
            }
        }
    }
    all
}

fn widest(pages: &[(String, Vec<Section>)]) -> usize {
    let titles = pages.iter().map(|(title, _)| length(title));
    let rows = pages.iter().flat_map(|(_, sections)| sections).flat_map(|section| &section.rows);
    titles.chain(rows.map(|row| length(&row.value))).max().unwrap_or_default()
}

/// Columns of one width.
struct Table<'t, 'o> {
    label_width: usize,
    width: usize,
    is_wrapped: bool,
    page: &'t mut Page<'o>,
}

/// One line of a cell.
type Line = (Style, String);

impl Table<'_, '_> {
    fn write(
        &mut self,
        pages: &[(String, Vec<Section>)],
        cells: &[Cells<'_>],
        shown: Range<usize>,
    ) -> io::Result<()> {
        let pages = pages.get(shown.clone()).unwrap_or_default();
        let titles = pages.iter().map(|(title, _)| self.lines(title, usize::MAX, HEADING));
        let titles: Vec<_> = titles.collect();
        self.row("", LABEL, &titles)?;
        let mut section = "";
        for cells in cells {
            if cells.section != section {
                section = cells.section;
                writeln!(self.page.out, "\n{:MARGIN$}{HEADING}{section}{HEADING:#}", "")?;
            }
            let rows = cells.rows.get(shown.clone()).unwrap_or_default();
            let lines = |rows: &Vec<&Row>| {
                let lines = rows
                    .iter()
                    .map(|row| self.lines(&row.value, row.most_lines(), row.tone.style()));
                lines.flatten().collect()
            };
            let lines: Vec<Vec<Line>> = rows.iter().map(lines).collect();
            match cells.differ() {
                true => self.row(&format!("* {}", cells.label), Tone::Warning.style(), &lines)?,
                false => self.row(&format!("  {}", cells.label), LABEL, &lines)?,
            }
        }
        Ok(())
    }

    fn lines(&self, text: &str, most: usize, style: Style) -> Vec<Line> {
        let width = if self.is_wrapped { self.width } else { usize::MAX };
        wrapped(text, width, most).into_iter().map(|line| (style, line)).collect()
    }

    fn row(&mut self, mut label: &str, style: Style, cells: &[Vec<Line>]) -> io::Result<()> {
        for number in 0..cells.iter().map(Vec::len).max().unwrap_or_default() {
            let padding = self.label_width.saturating_add(MARGIN).saturating_sub(length(label));
            let mut line = format!("{style}{label}{style:#}{:padding$}", "");
            for cell in cells {
                let (style, text) = cell.get(number).cloned().unwrap_or_default();
                let padding = self.width.saturating_sub(length(&text));
                line += &format!("{:MARGIN$}{style}{text}{style:#}{:padding$}", "", "");
            }
            writeln!(self.page.out, "{}", line.trim_end())?;
            label = "";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::shown;

    fn page(file: &str, value: &str) -> (String, Vec<Section>) {
        let rows = vec![Row::new("same", "1", Tone::Plain), Row::new("other", value, Tone::Plain)];
        let more = vec![Row::new(value, value, Tone::Plain)];
        let section = |title: &str, rows| Section { title: title.to_owned(), rows };
        (file.to_owned(), vec![section("", rows), section("more", more)])
    }

    #[test]
    fn labels_with_differences_are_marked() {
        let pages = [page("a.pem", "2"), page("b.pem", "33")];
        assert_eq!(
            shown(None, |out| side_by_side(&pages, out)),
            "         a.pem  b.pem\n  same   1      1\n* other  2      33\n\n  more\n* 2      2\n* 33            33\n"
        );
    }

    #[test]
    fn pages_that_do_not_fit_are_below_and_marked_too() {
        let pages = [page("a.pem", "2"), page("b.pem", "33")];
        let shown = shown(Some(50), |out| side_by_side(&pages, out));
        assert_eq!(shown.matches("* other").count(), 2, "{shown}");
        let files = shown.lines().filter(|line| line.contains(".pem")).count();
        assert_eq!(files, 2, "{shown}");
    }
}
