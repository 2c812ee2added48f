//! `dehusk rules new`: a rule file from an example.

use std::io::Write as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::args::NewArgs;
use crate::cli::exit::Outcome;
use crate::cli::io::{self, Input};
use crate::cli::terminal::printable;
use crate::cli::{Stop, complain, compress, put};
use dehusk::{Category, Cleaner, Draft, DraftOptions, Limits, Pick, draft_phrases};

pub(super) fn run(args: &NewArgs) -> Result<Outcome, Stop> {
    let target = args.output.as_deref().filter(|path| !io::is_stdout(Some(path)));
    if let Some(path) = target
        && path.symlink_metadata().is_ok()
    {
        return Err(Stop::usage(format!(
            "{}: there is such a file already; name a new one, or copy the rule from standard \
             output (without -o) into it",
            io::name(path)
        )));
    }
    let draft = if args.text.is_empty() { from_page(args)? } else { from_phrases(args)? };
    // Who writes a first rule has no directory for rules yet.
    if let Some(parent) = target.and_then(Path::parent).filter(|dir| !dir.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(|error| Stop::write(&io::name(parent), &error))?;
    }
    put(target, &mut draft.yaml.as_bytes())?;
    for note in &draft.notes {
        complain(&format!("note: {note}"));
    }
    if let Some(path) = target {
        anstream::stdout()
            .lock()
            .write_all(next_steps(&io::name(path), args, &draft).as_bytes())
            .map_err(|error| Stop::write("standard output", &error))?;
    }
    Ok(Outcome::Done)
}

/// What to do with the rule that was written to the file `name`.
fn next_steps(name: &str, args: &NewArgs, draft: &Draft) -> String {
    let page = args.page.as_deref().map_or("PAGE".into(), io::name);
    let mut run = format!("dehusk explain {page} --rules {name}");
    if let Some(url) = &draft.url {
        // Ready for a shell, whatever stands in the page.
        run.push_str(&format!(" --url '{}'", printable(url).replace('\'', "%27")));
    }
    if !Category::CORE.contains(&draft.category) {
        let category = draft.category;
        run.push_str(&format!(" --also {category}   {category} is left alone unless asked for"));
    }
    format!(
        "{name}: rule {}, {}\n  dehusk rules test {name}               run its tests\n  \
         dehusk rules test {name} --pages DIR   what it removes from pages of yours\n  {run}\n",
        printable(&draft.id),
        draft.category
    )
}

fn from_phrases(args: &NewArgs) -> Result<Draft, Stop> {
    let Some(category) = args.category else {
        return Err(Stop::usage("what do blocks with these words ask for? Say it with --category"));
    };
    let languages: Vec<&str> = match args.lang.as_slice() {
        [] => vec!["any"; args.text.len()],
        [one] => vec![one; args.text.len()],
        all if all.len() == args.text.len() => all.iter().map(String::as_str).collect(),
        _ => {
            return Err(Stop::usage(format!(
                "{} texts and {} languages: give one language for all, or one for each",
                args.text.len(),
                args.lang.len()
            )));
        }
    };
    let texts = args.text.iter().cloned();
    let phrases: Vec<(String, String)> =
        languages.into_iter().map(str::to_string).zip(texts).collect();
    draft_phrases(&phrases, category, args.id.as_deref())
        .map_err(|error| Stop::usage(error.to_string()))
}

fn from_page(args: &NewArgs) -> Result<Draft, Stop> {
    let pick = match (&args.containing, &args.select) {
        (Some(text), _) => Pick::Containing(text.clone()),
        (None, Some(css)) => Pick::Select(css.clone()),
        (None, None) => {
            return Err(Stop::usage(
                "which block is the rule for? Say it with --containing TEXT or --select CSS; or \
                 give phrases with --text",
            ));
        }
    };
    let Some(page) = &args.page else {
        return Err(Stop::usage("which page is it on? Name the saved page with --page FILE"));
    };
    let input = Input::new(page);
    let limit = Limits::default().max_bytes;
    let content = input.read(limit).map_err(Stop::failed)?;
    if let Some(trouble) = &content.trouble {
        return Err(Stop::failed(format!("{}: not cleaned: {trouble}", input.name())));
    }
    let mut options = DraftOptions::default();
    options.id = args.id.clone();
    options.category = args.category;
    options.date = today();
    Cleaner::new(crate::cli::rules(&args.rules)?)
        .categories(Category::ALL)
        .name(input.path().map(|path| compress::inner_name(path).to_path_buf()))
        .url(args.url.clone())
        .draft(&content.bytes, &pick, &options)
        .map_err(|error| {
            let stop = if error.is_request() { Stop::usage } else { Stop::failed };
            stop(format!("{}: {error}", input.name()))
        })
}

/// The date, as `2026-11-23`.
fn today() -> Option<String> {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs() / 86_400;
    Some(date(days))
}

/// The date so many days after 1 January 1970 (Howard Hinnant's `civil_from_days`).
fn date(days: u64) -> String {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(20_780), "2026-11-23");
    }
}
