//! `serve` and the other subcommands work when standard output and standard error are closed.

use std::process::Stdio;

use crate::kit::{Sandbox, command, json, report, request_status};

const UNSIGNED: &str = "POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";

#[test]
fn serve_goes_on_when_the_log_cannot_be_written() {
    let sandbox = Sandbox::new();
    let (reader, writer) = std::io::pipe().unwrap();
    let serving = sandbox.serve_logging(&["--exec", "exit 65", "--log", "debug"], writer.into());
    drop(reader);
    let address = format!("127.0.0.1:{}", sandbox.port);
    assert_eq!(request_status(&address, UNSIGNED), "401", "the log of the 401 cannot be written");
    assert_eq!(report(sandbox.sim(&["--count", "3", "--rate", "100", "--resources", "1"])).1, Some(0));
    assert_eq!(sandbox.wait_until_settled(&[])["dead"], 3);
    assert_eq!(serving.terminate()["ended"], "drained");
}

#[test]
fn commands_go_on_when_standard_output_is_closed() {
    let sandbox = Sandbox::new();
    let mut serving = sandbox.serve(&["--exec", "exit 65"]);
    serving.close_output();
    assert_eq!(report(sandbox.sim(&["--count", "2", "--rate", "100"])).1, Some(0));
    assert_eq!(sandbox.wait_until_settled(&[])["dead"], 2);
    assert_eq!(serving.terminate_without_output(), Some(0));

    let exit_code = |arguments: &[&str]| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let stderr = writer.try_clone().unwrap();
        let mut command = command(sandbox.path(), arguments);
        command.stdin(Stdio::null()).stdout(writer).stderr(stderr).status().unwrap().code()
    };
    std::fs::write(sandbox.file("body"), "{}").unwrap();
    assert_eq!(exit_code(&["verify", "body", "--signature", "00"]), Some(1));
    assert_eq!(exit_code(&["verify", "not-there", "--signature", "00"]), Some(3));
    assert_eq!(exit_code(&["inbox", "retry", "--all"]), Some(0));
    assert_eq!(exit_code(&["inbox", "retry", "not-there"]), Some(1));
    assert_eq!(json(&sandbox.inbox(&["ls"]))["pending"], 2);
    assert_eq!(exit_code(&["sim", "http://127.0.0.1:1/", "--count", "1", "--compress", "100000"]), Some(1));
}
