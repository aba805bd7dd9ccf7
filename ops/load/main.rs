//! The load tool behind `ops/bench` and `ops/chaos`: a closed loop of clients against a running portal. Two threads,
//! whatever the number of clients. It only measures and counts; the scripts set the stage.

mod api;
mod cpu;
mod desk;
mod filing;
mod floor;
mod http;
mod journey;
mod pages;
mod stats;
mod storm;
mod submit;
mod upload;

use clap::{Args, Parser, Subcommand};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Given by cargo bench.
    #[arg(long, global = true, hide = true)]
    bench: bool,
}

#[derive(Args)]
struct Place {
    /// Address of the portal.
    #[arg(long)]
    server: SocketAddr,
    /// URL of its database.
    #[arg(long)]
    database: String,
    /// File with API tokens, one a line.
    #[arg(long)]
    tokens: PathBuf,
    /// Length of each measurement.
    #[arg(long, default_value_t = 8.0)]
    seconds: f64,
    /// Process of the portal, for its memory and processor time.
    #[arg(long)]
    pid: Option<u32>,
    /// Process of the database, for its processor time.
    #[arg(long)]
    database_pid: Option<u32>,
}

impl Place {
    const fn watched(&self) -> cpu::Watched {
        cpu::Watched {
            portal: self.pid,
            database: self.database_pid,
        }
    }
}

#[derive(Subcommand)]
enum Command {
    /// Journeys, API submissions and the bare client.
    Submit {
        #[command(flatten)]
        place: Place,
    },
    /// Bytes and speed of public pages.
    Pages {
        /// Address of the portal.
        #[arg(long)]
        server: SocketAddr,
        /// Length of each measurement.
        #[arg(long, default_value_t = 8.0)]
        seconds: f64,
        /// Process of the portal, for its processor time.
        #[arg(long)]
        pid: Option<u32>,
    },
    /// Pages of the desk.
    Desk {
        #[command(flatten)]
        place: Place,
    },
    /// One kind of load alone, for a profiler: journeys, api, page, file or bare.
    Only {
        kind: String,
        #[arg(long, default_value_t = 8)]
        clients: usize,
        #[command(flatten)]
        place: Place,
    },
    /// Submissions that outlive kills.
    Storm {
        #[arg(long, default_value_t = 16)]
        clients: usize,
        /// Afterwards plant losses and doubles, and demand that each is found.
        #[arg(long)]
        planted: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Files of 5 MB, against a bare handler that streams to the same disk.
    Upload {
        /// A folder on the disk of the evidence, for the bare handler.
        #[arg(long)]
        dir: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Files while the portal is killed.
    UploadStorm {
        #[arg(long, default_value_t = 8)]
        clients: usize,
        /// Where the ids of what was acknowledged go.
        #[arg(long)]
        ids: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// The bare handler of `upload`.
    #[command(hide = true)]
    ServeDisk { dir: PathBuf },
    /// The bare handler of `pages`.
    #[command(hide = true)]
    ServeBytes { file: String, encoding: String },
}

fn tokens(place: &Place) -> Result<Arc<[String]>, String> {
    let text = std::fs::read_to_string(&place.tokens)
        .map_err(|e| format!("{}: {e}", place.tokens.display()))?;
    let tokens: Arc<[String]> = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .map(str::to_owned)
        .collect();
    if tokens.is_empty() {
        Err("no tokens".into())
    } else {
        Ok(tokens)
    }
}

async fn only(kind: &str, clients: usize, place: Place) -> Result<bool, String> {
    let length = std::time::Duration::from_secs_f64(place.seconds);
    let tokens = tokens(&place)?;
    let watched = place.watched();
    let before = watched.read();
    let mut out = match kind {
        "journeys" => {
            let plan = Arc::new(journey::Plan::look(place.server).await?);
            stats::closed_loop(
                (0..clients)
                    .map(|_| journey::Visitors::new(&plan))
                    .collect(),
                length,
            )
            .await
        }
        "api" => {
            let machines = (0..clients)
                .map(|_| api::Machine::new(place.server, &tokens))
                .collect();
            stats::closed_loop(machines, length).await
        }
        "page" => stats::closed_loop(pages::readers(place.server, clients, "/"), length).await,
        "file" => stats::closed_loop(pages::readers(place.server, clients, "/file"), length).await,
        "bare" => {
            let mut conn = floor::connect(&place.database)
                .await
                .map_err(|e| e.to_string())?;
            let rows = Arc::new(floor::rows(&mut conn).await.map_err(|e| e.to_string())?);
            let mut writers = Vec::new();
            for _ in 0..clients {
                writers.push(
                    floor::Writer::new(&place.database, &rows)
                        .await
                        .map_err(|e| e.to_string())?,
                );
            }
            stats::closed_loop(writers, length).await
        }
        _ => return Err("journeys, api, page, file or bare".into()),
    };
    let mut table = stats::Table::default();
    table.heading("Times of single requests");
    table.line(kind, clients, &mut out, false);
    table.note(&(watched.read() - before).line(out.done));
    table.print();
    Ok(out.errors == 0)
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("load: {e}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Submit { place } => {
                let (tokens, watched) = (tokens(&place)?, place.watched());
                let Place {
                    server,
                    database,
                    seconds,
                    ..
                } = place;
                submit::run(submit::Setting {
                    server,
                    database,
                    tokens,
                    seconds,
                    watched,
                })
                .await
            }
            Command::Pages {
                server,
                seconds,
                pid,
            } => pages::run(server, seconds, pid).await,
            Command::Desk { place } => {
                desk::run(
                    place.server,
                    &place.database,
                    place.seconds,
                    place.watched(),
                )
                .await
            }
            Command::Only {
                kind,
                clients,
                place,
            } => only(&kind, clients, place).await,
            Command::Storm {
                clients,
                planted,
                place,
            } => {
                storm::run(
                    place.server,
                    &place.database,
                    &tokens(&place)?,
                    clients,
                    place.seconds,
                    planted,
                )
                .await
            }
            Command::Upload { dir, place } => {
                let (tokens, watched) = (tokens(&place)?, place.watched());
                upload::run(place.server, &tokens, place.seconds, watched, dir).await
            }
            Command::UploadStorm {
                clients,
                ids,
                place,
            } => upload::storm(place.server, &tokens(&place)?, clients, place.seconds, ids).await,
            Command::ServeDisk { dir } => upload::serve_disk(dir).await.map(|()| true),
            Command::ServeBytes { file, encoding } => {
                pages::serve_bytes(&file, &encoding).await.map(|()| true)
            }
        }
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("load: {e}");
            ExitCode::FAILURE
        }
    }
}
