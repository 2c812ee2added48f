//! Where the rules of a machine, a user and a project are looked for.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use dehusk::Layer;

/// Below a directory for configuration.
const RULES: &str = "dehusk/rules";
/// In a project's directory.
const PROJECT_RULES: &str = ".dehusk/rules";

/// The directories of rules that are there, lowest layer first. Costs one look at each.
pub(crate) fn found() -> Vec<(Layer, PathBuf)> {
    let env = |name: &str| std::env::var_os(name);
    let mut found = standing(&env);
    found.retain(|(_, dir)| is_there(dir));
    // The short name is enough for messages where it leads to the same place.
    let here = PathBuf::from(PROJECT_RULES);
    let project = if is_there(&here) {
        Some(here)
    } else {
        std::env::current_dir().ok().and_then(|here| project(&here))
    };
    found.extend(project.map(|dir| (Layer::Project, dir)));
    found
}

/// Where `found` looks, in words.
pub(crate) fn looked_in() -> String {
    let standing = standing(&|name| std::env::var_os(name));
    let mut places: Vec<String> = standing.iter().map(|(_, dir)| super::io::name(dir)).collect();
    places.push(format!("{PROJECT_RULES} here and above"));
    places.join(", ")
}

/// The directories of system and user, whether they are there or not.
fn standing(env: &dyn Fn(&str) -> Option<OsString>) -> Vec<(Layer, PathBuf)> {
    // Relative paths in these variables are to be ignored, says the XDG specification.
    let dir = |name: &str| env(name).map(PathBuf::from).filter(|dir| dir.is_absolute());
    let mut places = Vec::new();
    if cfg!(windows) {
        places.extend(dir("ProgramData").map(|dir| (Layer::System, dir)));
        places.extend(dir("APPDATA").map(|dir| (Layer::User, dir)));
    } else {
        places.push((Layer::System, PathBuf::from("/etc")));
        if cfg!(target_os = "macos") {
            places.push((Layer::System, PathBuf::from("/Library/Application Support")));
        }
        let home = || dir("HOME").map(|home| home.join(".config"));
        places.extend(dir("XDG_CONFIG_HOME").or_else(home).map(|dir| (Layer::User, dir)));
    }
    places.into_iter().map(|(layer, dir)| (layer, dir.join(RULES))).collect()
}

/// The rules of the nearest project around `here`.
fn project(here: &Path) -> Option<PathBuf> {
    here.ancestors().map(|dir| dir.join(PROJECT_RULES)).find(|dir| is_there(dir))
}

/// Whether there is something. What cannot be looked at is there, and its trouble is told when it
/// is read: rules that are left out without a word would be worse.
fn is_there(path: &Path) -> bool {
    let absent = |kind| matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory);
    fs::metadata(path).map_or_else(|error| !absent(error.kind()), |_| true)
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::*;

    fn user(variables: &[(&str, &str)]) -> Option<PathBuf> {
        let env = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        };
        let places = standing(&env);
        assert_eq!(places[0], (Layer::System, PathBuf::from("/etc/dehusk/rules")));
        places.into_iter().find(|(layer, _)| *layer == Layer::User).map(|(_, dir)| dir)
    }

    #[test]
    fn places() {
        let home = Some(PathBuf::from("/home/ann/.config/dehusk/rules"));
        assert_eq!(user(&[("HOME", "/home/ann")]), home);
        assert_eq!(user(&[("HOME", "/home/ann"), ("XDG_CONFIG_HOME", "conf")]), home);
        assert_eq!(
            user(&[("HOME", "/home/ann"), ("XDG_CONFIG_HOME", "/conf")]),
            Some(PathBuf::from("/conf/dehusk/rules"))
        );
        assert_eq!(user(&[]), None);
    }

    #[test]
    fn the_nearest_project_counts() {
        let top = tempfile::tempdir().unwrap();
        let deep = top.path().join("a/b/c");
        fs::create_dir_all(&deep).unwrap();
        let make = |at: &Path| fs::create_dir_all(at.join(PROJECT_RULES)).unwrap();
        make(top.path());
        assert_eq!(project(&deep), Some(top.path().join(PROJECT_RULES)));
        make(&top.path().join("a/b"));
        assert_eq!(project(&deep), Some(top.path().join("a/b").join(PROJECT_RULES)));
    }
}
