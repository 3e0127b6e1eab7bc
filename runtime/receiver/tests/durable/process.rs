//! A receiver in a separate process, so that tests can kill, terminate and trace it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use asyncapi_receiver::Worker;
use asyncapi_receiver::inbox::Sqlite;
use asyncapi_receiver::server::{Server, terminated};
use asyncapi_runtime::{BoxFuture, Context, DecodeError, Dispatch, DispatchError, Inbound, Route};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::kit::{PATIENCE, receiver};

const DIRECTORY: &str = "RECEIVER_DIRECTORY";
const HANDLERS: usize = 16;

/// Handlers that write the ids of their events to a file, which remains when the process is killed.
pub(crate) struct Logbook(Mutex<fs::File>);

impl Logbook {
    fn open(directory: &Path) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(directory.join("handled")).unwrap();
        Self(Mutex::new(file))
    }

    /// How often each event was handled.
    pub(crate) fn read(directory: &Path) -> BTreeMap<String, u32> {
        let mut handled = BTreeMap::new();
        for id in fs::read_to_string(directory.join("handled")).unwrap().lines() {
            *handled.entry(id.to_owned()).or_default() += 1;
        }
        handled
    }
}

impl Dispatch for Logbook {
    fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
        Ok(Route::Unknown(inbound.peek("/name")?))
    }

    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        Box::pin(async move {
            let line = format!("{}\n", cx.event_id().unwrap());
            self.0.lock().unwrap().write_all(line.as_bytes()).unwrap();
            Ok(())
        })
    }
}

/// Not a test: tests start this receiver in a child process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a part of the other tests, which start it"]
async fn child() {
    let Some(directory) = std::env::var_os(DIRECTORY).map(PathBuf::from) else {
        return;
    };
    let inbox = Arc::new(Sqlite::open(directory.join("inbox.sqlite")).unwrap());
    let worker = Worker::new(Arc::clone(&inbox), Logbook::open(&directory)).with_concurrency(HANDLERS);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let working = tokio::spawn(worker.run(terminated()));
    let serving = tokio::spawn(Server::new(receiver(inbox)).serve(listener, terminated()));
    // The worker and the server already listen for signals.
    fs::write(directory.join("port.new"), port.to_string()).unwrap();
    fs::rename(directory.join("port.new"), directory.join("port")).unwrap();
    serving.await.unwrap();
    working.await.unwrap();
}

/// Starts the receiver without waiting until it listens.
pub(crate) fn spawn(mut command: Command, directory: &Path) -> Child {
    let _absent = fs::remove_file(directory.join("port"));
    command.args(["--exact", "process::child", "--ignored"]).env(DIRECTORY, directory);
    command.stdout(Stdio::null()).kill_on_drop(true).spawn().unwrap()
}

pub(crate) fn this_program() -> Command {
    Command::new(std::env::current_exe().unwrap())
}

/// Waits until the receiver listens, and returns its address.
pub(crate) async fn listening(directory: &Path) -> SocketAddr {
    loop {
        if let Ok(port) = fs::read_to_string(directory.join("port")) {
            return (Ipv4Addr::LOCALHOST, port.parse::<u16>().unwrap()).into();
        }
        sleep(Duration::from_millis(2)).await;
    }
}

pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    pub(crate) async fn start(directory: &Path) -> Self {
        Self::start_as(this_program(), directory).await
    }

    /// Starts the receiver under another program, such as `strace`. Its arguments are followed by the command of the
    /// receiver.
    pub(crate) async fn start_under(program: &str, arguments: &[&OsStr], directory: &Path) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).arg(std::env::current_exe().unwrap());
        Self::start_as(command, directory).await
    }

    async fn start_as(command: Command, directory: &Path) -> Self {
        let child = spawn(command, directory);
        let address = timeout(PATIENCE, listening(directory)).await.expect("it starts");
        Self { child, address }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Sends SIGTERM. The process must end successfully within 30 seconds.
    pub(crate) async fn terminate(mut self) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        let status = timeout(Duration::from_secs(30), self.child.wait()).await.expect("within 30 s").unwrap();
        assert!(status.success(), "{status}");
    }
}
