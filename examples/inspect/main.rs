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
    // Programs get every byte; colours are for people, where they want some.
    let mut out: BufWriter<Box<dyn Write>> = BufWriter::new(match command {
        Command::Run(options) if options.format == Format::Text => {
            Box::new(anstream::stdout().lock())
        }
        _ => Box::new(io::stdout().lock()),
    });
    let all_read = match command {
        Command::Help => write!(out, "{HELP}").map(|()| true)?,
        Command::List => sets::list(&mut out, io::stdout().is_terminal()).map(|()| true)?,
        Command::Receive(receiver, files) => receive::run(receiver, files, &mut out)?,
        Command::Run(options) if options.format == Format::Text => {
            output::text(options, &mut Page { out: &mut out, width: width() })?
        }
        Command::Run(options) => output::lines(options, &mut out)?,
    };
    out.flush()?;
    Ok(all_read)
}

/// The terminal's width, and that of most of them where it is not told; none where there is no terminal.
fn width() -> Option<usize> {
    io::stdout().is_terminal().then(|| match terminal_size() {
        Some((Width(width @ 1..), _)) => usize::from(width),
        _ => 80,
    })
}
