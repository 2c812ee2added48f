//! A browser under remote control: chromedriver, spoken to over plain HTTP.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long the browser may take for what it does at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// The key under which WebDriver names elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The keys that have no character, as WebDriver writes them.
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const ESCAPE: &str = "\u{e00c}";
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const RIGHT: &str = "\u{e014}";
pub(crate) const DOWN: &str = "\u{e015}";
pub(crate) const UP: &str = "\u{e013}";
pub(crate) const SPACE: &str = " ";

pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

impl Browser {
    /// Starts a browser without a window.
    pub(crate) fn start() -> Browser {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed (tests/browser/run installs it)");
        let lines = BufReader::new(driver.stdout.take().expect("a pipe")).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| {
                line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
            })
            .expect("chromedriver says its port");
        let mut browser = Browser { driver, port, session: String::new() };
        let options = json!({
            // Without a sandbox of its own, since tests may run as root.
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--hide-scrollbars", "--disable-background-networking"],
        });
        let capabilities = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "performance": "ALL" },
            "unhandledPromptBehavior": "ignore",
            "timeouts": { "pageLoad": PATIENCE.as_millis(), "script": PATIENCE.as_millis() },
        });
        let made = browser.call(
            "POST",
            "/session",
            &json!({ "capabilities": { "alwaysMatch": capabilities } }),
        );
        browser.session = made["sessionId"].as_str().expect("a session").to_string();
        browser
    }

    /// What WebDriver answers to a command.
    #[track_caller]
    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let value = self.exchange(method, path, body).expect("chromedriver answers");
        assert!(value.get("error").is_none(), "{path}: {}", value["message"]);
        value
    }

    fn exchange(&self, method: &str, path: &str, body: &Value) -> io::Result<Value> {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            match line.trim_end().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().map_err(io::Error::other)?;
                }
                None if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        let mut answer = vec![0; length];
        reader.read_exact(&mut answer)?;
        let mut answer: Value = serde_json::from_slice(&answer)?;
        Ok(answer["value"].take())
    }

    fn command(&self, path: &str, body: &Value) -> Value {
        self.call("POST", &format!("/session/{}{path}", self.session), body)
    }

    fn ask(&self, path: &str) -> Value {
        self.call("GET", &format!("/session/{}{path}", self.session), &Value::Null)
    }

    /// Opens a file.
    pub(crate) fn open(&self, path: &Path) {
        self.command("/url", &json!({ "url": format!("file://{}", path.display()) }));
    }

    /// The result of a script in the document that has the floor.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.command("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Waits until a script gives `true`.
    #[track_caller]
    pub(crate) fn wait(&self, script: &str) {
        let start = Instant::now();
        while self.run(script) != true {
            assert!(start.elapsed() < PATIENCE, "never true: {script}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks on the middle of the first element that matches, as a hand would.
    #[track_caller]
    pub(crate) fn click(&self, selector: &str) {
        let found =
            self.command("/element", &json!({ "using": "css selector", "value": selector }));
        let id = found[ELEMENT].as_str().expect("an element");
        self.command(&format!("/element/{id}/click"), &json!({}));
    }

    /// Presses keys, wherever the focus is.
    pub(crate) fn keys(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
            })
            .collect();
        self.command(
            "/actions",
            &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] }),
        );
    }

    /// Gives the floor to the document in the frame, for the time of `work`.
    pub(crate) fn in_frame<T>(&self, work: impl FnOnce(&Browser) -> T) -> T {
        self.command("/frame", &json!({ "id": 0 }));
        let result = work(self);
        self.command("/frame/parent", &json!({}));
        result
    }

    /// The size of the window, and whether colours are dark.
    pub(crate) fn look(&self, width: u32, height: u32, dark: bool) {
        let phone = width < 600;
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone }),
        );
        let scheme = if dark { "dark" } else { "light" };
        self.devtools(
            "Emulation.setEmulatedMedia",
            &json!({ "features": [
                { "name": "prefers-color-scheme", "value": scheme },
                // What is looked at has come to rest.
                { "name": "prefers-reduced-motion", "value": "reduce" },
            ] }),
        );
    }

    fn devtools(&self, command: &str, params: &Value) {
        self.command("/goog/cdp/execute", &json!({ "cmd": command, "params": params }));
    }

    /// A picture of the window, as a PNG file.
    pub(crate) fn picture(&self) -> Vec<u8> {
        use base64::Engine as _;
        let data = self.ask("/screenshot");
        let data = data.as_str().expect("a picture");
        base64::prelude::BASE64_STANDARD.decode(data).expect("base64")
    }

    /// The requests since the last call: the address of each, and whether it failed: here that
    /// is, whether the browser kept it from being sent.
    pub(crate) fn requests(&self) -> Vec<(String, bool)> {
        let log = self.command("/se/log", &json!({ "type": "performance" }));
        let events: Vec<Value> = log
            .as_array()
            .expect("a log")
            .iter()
            .filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok())
            .map(|mut entry| entry["message"].take())
            .collect();
        let failed = |id: &Value| {
            events.iter().any(|event| {
                event["method"] == "Network.loadingFailed" && event["params"]["requestId"] == *id
            })
        };
        events
            .iter()
            .filter(|event| event["method"] == "Network.requestWillBeSent")
            .filter_map(|event| {
                let url = event["params"]["request"]["url"].as_str()?.to_string();
                Some((url, failed(&event["params"]["requestId"])))
            })
            .collect()
    }

    /// Whether a dialog is open.
    pub(crate) fn has_dialog(&self) -> bool {
        let path = format!("/session/{}/alert/text", self.session);
        let answer = self.exchange("GET", &path, &Value::Null).expect("chromedriver answers");
        answer["error"] != "no such alert"
    }

    /// How many windows there are.
    pub(crate) fn windows(&self) -> usize {
        self.ask("/window/handles").as_array().expect("a list").len()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The end of the session is that of the browser; where it fails there is nobody to tell.
        let _ = self.exchange("DELETE", &format!("/session/{}", self.session), &Value::Null);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// A server that writes down what is asked of it.
pub(crate) struct Listener {
    pub(crate) port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    pub(crate) fn start() -> Listener {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let paths = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                let paths = Arc::clone(&paths);
                std::thread::spawn(move || answer(stream, &paths));
            }
        });
        Listener { port, heard }
    }

    /// The paths that were asked for, each once.
    pub(crate) fn heard(&self) -> Vec<String> {
        let mut paths = self.heard.lock().expect("no panic").clone();
        paths.sort();
        paths.dedup();
        paths
    }

    pub(crate) fn forget(&self) {
        self.heard.lock().expect("no panic").clear();
    }
}

fn answer(stream: TcpStream, heard: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    // Whoever connects and says nothing has made a request all the same.
    let _ = reader.read_line(&mut first);
    let path = first.split(' ').nth(1).unwrap_or("(connected)").to_string();
    heard.lock().expect("no panic").push(path);
    let _ = reader.get_mut().write_all(
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n",
    );
}
