//! Shows what an origin would be told of a certificate, file by file: as text, as JSON, or as header lines. With `--receive` it
//! shows what an origin reads of a request's header lines, with `--diff` how two header sets differ.
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

/// A file may be larger than what a handshake brings.
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
        // Who reads us has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("inspect: standard output: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether all files could be read.
fn run(command: &Command) -> io::Result<bool> {
    // People get colours, where they want some. Programs get every byte.
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

/// The terminal's width, and that of most of them where it is not told; none where there is no terminal.
fn width() -> Option<usize> {
    io::stdout().is_terminal().then(|| match terminal_size() {
        Some((Width(width @ 1..), _)) => usize::from(width),
        _ => 80,
    })
}
