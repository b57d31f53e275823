//! Prints certificates and the headers that an origin receives for them, as text, JSON or header lines. With `--receive` it parses
//! recorded request headers as an origin does; with `--diff` it compares two header sets.
//!
//! `cargo run --release --example inspect -- --help` lists the options.

mod arguments;
mod dates;
mod diff;
mod facts;
mod input;
mod lines;
mod names;
mod output;
mod page;
mod receive;
mod sets;
mod table;
mod words;
mod wrap;

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::process::ExitCode;

use terminal_size::{Width, terminal_size};
use tls_client_auth::field::Limits;

use arguments::{Command, Format, HELP, options};
use page::Page;

/// The largest file; a certificate in a handshake is smaller.
const LARGEST: usize = 1024 * 1024;

fn limits() -> Limits {
    Limits::new().certificate(LARGEST)
}

fn main() -> ExitCode {
    let result = match options(std::env::args_os().skip(1).collect()) {
        Ok(command) => run(&command),
        Err(message) => {
            eprintln!("inspect: {message}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // The reader of the pipe closed it.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("inspect: standard output: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether all files could be read.
fn run(command: &Command) -> io::Result<bool> {
    // Terminals get colours, unless `NO_COLOR` is set; pipes get plain text.
    let text = || BufWriter::new(anstream::stdout().lock());
    let bytes = || BufWriter::new(io::stdout().lock());
    match command {
        Command::Help => flushed(bytes(), |out| write!(out, "{HELP}").map(|()| true)),
        Command::List => page(text(), |page| sets::list(page).map(|()| true)),
        Command::Receive(receiver, files) => {
            flushed(bytes(), |out| receive::run(receiver, files, out))
        }
        Command::Run(options) if options.format == Format::Text => {
            page(text(), |page| output::text(options, page))
        }
        Command::Run(options) => flushed(bytes(), |out| output::lines(options, out)),
    }
}

fn page(
    out: impl Write,
    write: impl FnOnce(&mut Page<'_>) -> io::Result<bool>,
) -> io::Result<bool> {
    flushed(out, |out| write(&mut Page { out, width: width() }))
}

fn flushed(
    mut out: impl Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<bool>,
) -> io::Result<bool> {
    let all_read = write(&mut out)?;
    out.flush().map(|()| all_read)
}

/// The terminal's width, or the usual one if it is unknown; `None` without a terminal.
fn width() -> Option<usize> {
    io::stdout().is_terminal().then(|| match terminal_size() {
        Some((Width(width @ 1..), _)) => usize::from(width),
        _ => 80,
    })
}
