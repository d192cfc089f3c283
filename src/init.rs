//! A new project: settings, an empty codebook and the raw folder.
//!
//! In: a folder. Out: three files in it. Nothing that is there is touched.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The files of a new project: path and text.
///
/// The raw folder has the sidecar with its header, since any other file in it would be read as a text.
pub const FILES: [(&str, &str); 3] = [
    ("rapporteur.toml", include_str!("data/init/rapporteur.toml")),
    ("codebook/entities/own.csv", include_str!("data/init/entities.csv")),
    ("raw/metadata.csv", include_str!("data/init/metadata.csv")),
];

/// Makes a project in `dir`, which may be there, and gives the paths of its files.
///
/// # Errors
///
/// If one of the files is there already, in which case nothing is written, or the system refuses
/// to write.
pub fn init(dir: &Path) -> Result<Vec<PathBuf>> {
    let place = |name: &str| {
        if dir == Path::new(".") { PathBuf::from(name) } else { dir.join(name) }
    };
    let there: Vec<String> = FILES
        .iter()
        .map(|(name, _)| place(name))
        .filter(|path| path.symlink_metadata().is_ok())
        .map(|path| format!("{path:?}"))
        .collect();
    if !there.is_empty() {
        let verb = if there.len() == 1 { "is" } else { "are" };
        return Err(Error::Folders(format!(
            "{} {verb} there already, and nothing was written; name another folder",
            there.join(", ")
        )));
    }
    let mut made = Vec::with_capacity(FILES.len());
    for (name, text) in FILES {
        let path = place(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(Error::io("create the folder", parent))?;
        }
        let mut file = File::create_new(&path).map_err(Error::io("create", &path))?;
        file.write_all(text.as_bytes()).map_err(Error::io("write", &path))?;
        made.push(path);
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    /// The names in an error of the form "expected one of `a`, `b`".
    fn keys(settings: &str) -> Vec<String> {
        let error = toml::from_str::<Config>(settings).unwrap_err().message().to_owned();
        let (_, list) = error.split_once("expected one of ").unwrap();
        list.split(", ").map(|name| name.trim_matches('`').to_owned()).collect()
    }

    #[test]
    fn the_settings_are_the_defaults_and_every_key_is_told() {
        let (_, text) = FILES[0];
        let usual = Config { codebook: Some("codebook".into()), ..Config::default() };
        assert_eq!(toml::from_str::<Config>(text).unwrap(), usual);
        // With every line that may be one the settings still hold.
        let is_setting = |line: &str| {
            let key: String =
                line.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            !key.is_empty() && line[key.len()..].starts_with(" = ")
        };
        let all: String = text
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|l| is_setting(l)).unwrap_or(line))
            .map(|line| format!("{line}\n"))
            .collect();
        let full: Config = toml::from_str(&all).unwrap();
        assert_eq!(full.dataset.missing(), [""; 0]);
        let stands = |key: &str| all.lines().any(|line| line.starts_with(&format!("{key} = ")));
        for key in keys("no_key = 1").into_iter().filter(|key| key != "dataset") {
            assert!(stands(&key), "{key}");
        }
        for key in keys("[dataset]\nno_key = 1") {
            // The other spelling is told nowhere.
            assert!(stands(&key) || key.starts_with("license"), "{key}");
        }
        let (_, list) = all.split_once("Keys: ").unwrap();
        let list = list.lines().next().unwrap();
        for key in keys("dataset.creators = [{ name = \"\", no_key = 1 }]") {
            assert!(list.contains(&key), "{key}");
        }
    }
}
