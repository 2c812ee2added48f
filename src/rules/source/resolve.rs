//! From rule files to rules: names are looked up, phrases folded, mistakes found.

use serde_saphyr::{Location, Spanned};

use super::format::{self, OneOrMany, Phrases};
use super::phrase::{Phrase, alternatives};
use super::problem::{Problem, Report, nearest};
use super::rule::{Action, BAR, Category, Line, Measure, Rule, Ruleset, Sign, SignId, Site, Test};

/// A rule file as read: its name in reports, its text.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Reads one file's YAML.
pub(crate) fn parse(text: &Text, problems: &mut Vec<Problem>) -> Option<format::File> {
    // An empty file, or one of comments only, is a file without rules.
    if text.text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Some(format::File::default());
    }
    let options = serde_saphyr::options! { with_snippet: false };
    match serde_saphyr::from_str_with_options::<format::File>(&text.text, options) {
        Ok(file) => Some(file),
        Err(error) => {
            let place = error.location().unwrap_or(Location::UNKNOWN);
            let full = error.without_snippet().to_string();
            // The place is shown by the report; the message need not repeat it.
            let message = full.split(" at line ").next().unwrap_or(&full).to_string();
            let help = unknown_key_help(&full);
            Report { file: &text.name, text: &text.text, problems }.at(place, message, help);
            None
        }
    }
}

fn unknown_key_help(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next()?;
    if !message.contains("unknown field") {
        return None;
    }
    let known: Vec<&str> = quoted.collect();
    nearest(wrong, known).map(|name| format!("did you mean `{name}`?"))
}

/// Adds the files of further layers, lowest first, to the rules of `base`.
///
/// Every mistake of every file is in the second part; the rules are what is left without the
/// mistaken ones.
pub(crate) fn resolve(base: Ruleset, texts: &[Text]) -> (Ruleset, Vec<Problem>) {
    let mut problems = Vec::new();
    let known = base.files.len();
    let files: Vec<(u16, &Text, format::File)> = texts
        .iter()
        .enumerate()
        .filter_map(|(i, text)| {
            parse(text, &mut problems).map(|file| ((known + i) as u16, text, file))
        })
        .collect();
    let mut resolver = Resolver { set: base };
    resolver.set.files.extend(texts.iter().map(|text| text.name.clone()));
    for (_, text, file) in &files {
        let mut report = Report { file: &text.name, text: &text.text, problems: &mut problems };
        resolver.lists(file, &mut report);
    }
    for (index, text, file) in &files {
        let mut report = Report { file: &text.name, text: &text.text, problems: &mut problems };
        resolver.file(*index, file, &mut report);
    }
    (resolver.set, problems)
}

struct Resolver {
    set: Ruleset,
}

impl Resolver {
    fn lists(&mut self, file: &format::File, report: &mut Report<'_>) {
        for (name, list) in &file.lists.0 {
            let added = phrases(list, report);
            let next = SignId(self.set.signs.len() as u16);
            let sign = *self.set.lists.entry(name.value.clone()).or_insert(next);
            if sign == next {
                self.set.signs.push(Sign::Phrases { whole: list.whole, phrases: added });
            } else if let Some(Sign::Phrases { whole, phrases }) =
                self.set.signs.get_mut(sign.0 as usize)
            {
                *whole |= list.whole;
                phrases.extend(added);
            }
        }
    }

    fn file(&mut self, index: u16, file: &format::File, report: &mut Report<'_>) {
        if let Some(format) = &file.format
            && format.value != 1
        {
            report.at(
                format.referenced,
                format!("format {} is not known", format.value),
                Some("this version of dehusk reads format 1".into()),
            );
            return;
        }
        for id in &file.disable {
            let before = self.set.rules.len();
            self.set.rules.retain(|rule| rule.id != id.value);
            if before == self.set.rules.len() {
                let help = nearest(&id.value, self.ids()).map(|n| format!("did you mean `{n}`?"));
                report.at(
                    id.referenced,
                    format!("there is no rule `{}` to disable", id.value),
                    help,
                );
            }
        }
        for source in &file.rules {
            if let Some(target) = &source.extend {
                self.extend(target, file, source, report);
            } else if let Some(rule) = self.rule(index, file, source, report) {
                self.set.rules.push(rule);
            }
        }
    }

    fn ids(&self) -> Vec<&str> {
        self.set.rules.iter().map(|rule| rule.id.as_str()).collect()
    }

    fn extend(
        &mut self,
        target: &Spanned<String>,
        file: &format::File,
        source: &format::Rule,
        report: &mut Report<'_>,
    ) {
        let Some(at) = self.set.rules.iter().position(|rule| rule.id == target.value) else {
            let help = nearest(&target.value, self.ids()).map(|n| format!("did you mean `{n}`?"));
            report.at(
                target.referenced,
                format!("there is no rule `{}` to extend", target.value),
                help,
            );
            return;
        };
        let lines = self.evidence(&source.evidence, report);
        let sites = sites(&[&file.sites, &source.sites], report);
        let rule = &mut self.set.rules[at];
        rule.sites.extend(sites);
        match &mut rule.action {
            Action::Score { evidence, .. } => evidence.extend(lines),
            Action::Remove { selectors, .. } => {
                selectors.extend(source.remove.0.iter().map(|s| s.value.clone()));
            }
            Action::Keep { .. } => report.at(
                target.referenced,
                format!("`{}` is a shield, which cannot be extended", target.value),
                Some("write a shield of your own".into()),
            ),
        }
    }

    fn rule(
        &mut self,
        index: u16,
        file: &format::File,
        source: &format::Rule,
        report: &mut Report<'_>,
    ) -> Option<Rule> {
        let Some(id) = &source.id else {
            report.at(
                first_place(source),
                "a rule needs an `id`",
                Some("a short name such as `id: newsletter-teaser`; reports show it".into()),
            );
            return None;
        };
        let place = id.referenced;
        if !is_kebab(&id.value) {
            report.at(
                place,
                format!("`{}` is not a rule id", id.value),
                Some("lower-case letters, digits and hyphens: `newsletter-teaser`".into()),
            );
        }
        if let Some(other) = self.set.rules.iter().find(|rule| rule.id == id.value) {
            let at = format!("{}:{}", self.set.files[other.file as usize], other.line);
            report.at(
                place,
                format!("there is a rule `{}` already, at {at}", id.value),
                Some("choose another id, or `extend:` or `disable:` that rule".into()),
            );
            return None;
        }
        match source.status.as_ref().map(|s| (s.value.as_str(), s.referenced)) {
            None | Some(("stable" | "draft", _)) => {}
            Some(("off", _)) => return None,
            Some((other, place)) => report.at(
                place,
                format!("`{other}` is not a status"),
                Some("`stable`, `draft` or `off`".into()),
            ),
        }
        let sites = sites(&[&file.sites, &source.sites], report);
        let category = source.category.as_ref().and_then(|name| known_category(name, report));
        let conditions = match &source.conditions {
            Some(given) => self.conditions(&given.value, report).0,
            None => Vec::new(),
        };
        let kinds =
            [!source.remove.0.is_empty(), !source.evidence.is_empty(), !source.shields.is_empty()];
        let action = match kinds {
            [true, false, false] => {
                if sites.is_empty() {
                    report.at(
                        place,
                        "a rule with `remove` needs `sites`",
                        Some("it removes without weighing; on all sites use `evidence`".into()),
                    );
                }
                Action::Remove {
                    selectors: source.remove.0.iter().map(|s| s.value.clone()).collect(),
                    up_to: source.up_to.0.iter().map(|s| s.value.clone()).collect(),
                }
            }
            [false, true, false] => {
                let evidence = self.evidence(&source.evidence, report);
                let most: i32 = evidence.iter().map(|line| line.points.max(0)).sum();
                if most < BAR {
                    report.at(
                        place,
                        format!("all evidence of `{}` together is {most} points", id.value),
                        Some(format!("a block goes at {BAR} points, so this rule never fires")),
                    );
                }
                Action::Score {
                    evidence,
                    opens: source.opens.as_ref().and_then(|p| self.phrases(p, report)).map(|s| s.0),
                    closes: source
                        .closes
                        .as_ref()
                        .and_then(|p| self.phrases(p, report))
                        .map(|s| s.0),
                }
            }
            [false, false, true] => {
                if conditions.is_empty() {
                    report.at(
                        place,
                        format!("`{}` would shield every block", id.value),
                        Some("say with `where` which ones".into()),
                    );
                }
                let shields = source.shields.iter();
                Action::Keep {
                    shields: shields.filter_map(|name| known_category(name, report)).collect(),
                }
            }
            _ => {
                report.at(
                    place,
                    "a rule has exactly one of `remove`, `evidence` and `shields`",
                    Some(
                        "`remove` on named sites, `evidence` to gather points, `shields` to keep"
                            .into(),
                    ),
                );
                return None;
            }
        };
        if category.is_none() && source.category.is_none() && source.shields.is_empty() {
            report.at(
                place,
                format!("rule `{}` has no `category`", id.value),
                Some(format!("one of {}", category_names())),
            );
        }
        if !source.lift.is_empty() && sites.is_empty() {
            report.at(place, "only a rule with `sites` may `lift` a guard", None);
        }
        Some(Rule {
            id: id.value.clone(),
            category,
            summary: source.summary.clone().unwrap_or_default(),
            file: index,
            line: place.line() as u32,
            sites,
            conditions,
            action,
            lift: source.lift.iter().map(|s| s.value.clone()).collect(),
        })
    }

    fn evidence(
        &mut self,
        lines: &[Spanned<format::Evidence>],
        report: &mut Report<'_>,
    ) -> Vec<Line> {
        lines
            .iter()
            .map(|spanned| {
                let source = &spanned.value;
                let (tests, label) = self.conditions(&source.into(), report);
                if tests.is_empty() {
                    report.at(
                        spanned.referenced,
                        "a line of evidence needs a sign",
                        Some(
                            "`phrases`, `class_words`, `links`, `email_input` and the like".into(),
                        ),
                    );
                }
                Line {
                    points: source.points.value,
                    tests,
                    line: spanned.referenced.line() as u32,
                    label,
                }
            })
            .collect()
    }

    fn phrases(
        &mut self,
        given: &Spanned<Phrases>,
        report: &mut Report<'_>,
    ) -> Option<(SignId, String)> {
        match &given.value {
            Phrases::Here(list) => {
                let phrases = phrases(list, report);
                let sign = self.sign(Sign::Phrases { whole: list.whole, phrases });
                Some((sign, "phrases".into()))
            }
            Phrases::Lists(names) if names.len() == 1 => {
                let name = &names[0].value;
                let Some(sign) = self.set.lists.get(name) else {
                    let help = nearest(name, self.set.lists.keys().map(String::as_str))
                        .map(|n| format!("did you mean `{n}`?"));
                    report.at(given.referenced, format!("there is no list `{name}`"), help);
                    return None;
                };
                Some((*sign, format!("phrases {name}")))
            }
            Phrases::Lists(_) => {
                report.at(
                    given.referenced,
                    "`phrases` names one list",
                    Some("write one line of evidence for each list".into()),
                );
                None
            }
        }
    }

    /// The id of a sign, shared with every rule that has the same.
    fn sign(&mut self, sign: Sign) -> SignId {
        let at = self.set.signs.iter().position(|known| *known == sign).unwrap_or_else(|| {
            self.set.signs.push(sign);
            self.set.signs.len() - 1
        });
        SignId(at as u16)
    }

    fn conditions(
        &mut self,
        source: &format::Conditions,
        report: &mut Report<'_>,
    ) -> (Vec<Test>, String) {
        let mut tests = Vec::new();
        let mut labels = Vec::new();
        let texts = |given: &OneOrMany| given.0.iter().map(|s| s.value.clone()).collect::<Vec<_>>();
        if let Some(given) = &source.phrases
            && let Some((sign, label)) = self.phrases(given, report)
        {
            tests.push(Test::Sign(sign, true));
            labels.push(label);
        }
        if let Some(given) = &source.title
            && let Some((sign, label)) = self.phrases(given, report)
        {
            tests.push(Test::Title(sign));
            labels.push(label.replacen("phrases", "title", 1));
        }
        if let Some(want) = source.menu {
            tests.push(Test::Menu(want));
            labels.push("menu".into());
        }
        if !source.class_words.0.is_empty() {
            let words = source.class_words.0.iter().map(|s| class_words(&s.value)).collect();
            tests.push(Test::Sign(self.sign(Sign::ClassWords(words)), true));
            labels.push("class_words".into());
        }
        if !source.named.0.is_empty() {
            let words = source.named.0.iter().map(|s| class_words(&s.value)).collect();
            tests.push(Test::Own(self.sign(Sign::ClassWords(words))));
            labels.push("named".into());
        }
        type Make = fn(Vec<String>) -> Sign;
        let selectors: [(&OneOrMany, Make, &str); 4] = [
            (&source.links, Sign::Links, "links"),
            (&source.has, Sign::Has, "has"),
            (&source.is, Sign::Is, "is"),
            (&source.within, Sign::Within, "within"),
        ];
        for (given, sign, label) in selectors {
            if !given.0.is_empty() {
                tests.push(Test::Sign(self.sign(sign(texts(given))), true));
                labels.push(label.to_string());
            }
        }
        for (given, sign, label) in [
            (source.email_input, Sign::EmailInput, "email_input"),
            (source.iban, Sign::Iban, "iban"),
        ] {
            if let Some(want) = given {
                tests.push(Test::Sign(self.sign(sign), want));
                labels.push(label.to_string());
            }
        }
        if !source.tags.0.is_empty() {
            tests.push(Test::Tags(texts(&source.tags)));
            labels.push("tags".into());
        }
        if !source.beside.0.is_empty() {
            let categories = source.beside.0.iter().filter_map(|name| known_category(name, report));
            tests.push(Test::Beside(categories.collect()));
            labels.push("beside".into());
        }
        if let Some(want) = source.text_document {
            tests.push(Test::TextDocument(want));
            labels.push("text_document".into());
        }
        for (range, measure, label) in [
            (source.words, Measure::Words, "words"),
            (source.chars, Measure::Chars, "chars"),
            (source.paragraphs, Measure::Paragraphs, "paragraphs"),
            (source.longest, Measure::Longest, "longest"),
            (source.links_count, Measure::Links, "links_count"),
            (source.link_density, Measure::LinkDensity, "link_density"),
            (source.fields, Measure::Fields, "fields"),
            (source.buttons, Measure::Buttons, "buttons"),
            (source.amounts, Measure::Amounts, "amounts"),
            (source.headings, Measure::Headings, "headings"),
            (source.media, Measure::Media, "media"),
            (source.quotes, Measure::Quotes, "quotes"),
            (source.page_words, Measure::PageWords, "page_words"),
            (source.page_share, Measure::PageShare, "page_share"),
        ] {
            if let Some(range) = range {
                let min = range.min.unwrap_or(f64::NEG_INFINITY) as f32;
                let max = range.max.unwrap_or(f64::INFINITY) as f32;
                tests.push(Test::Range(measure, min, max));
                labels.push(label.to_string());
            }
        }
        (tests, labels.join(" + "))
    }
}

impl From<&format::Evidence> for format::Conditions {
    fn from(line: &format::Evidence) -> Self {
        let texts = |given: &OneOrMany| OneOrMany(given.0.clone());
        format::Conditions {
            phrases: line.phrases.clone(),
            title: line.title.clone(),
            menu: line.menu,
            class_words: texts(&line.class_words),
            named: texts(&line.named),
            links: texts(&line.links),
            has: texts(&line.has),
            is: texts(&line.is),
            within: texts(&line.within),
            tags: texts(&line.tags),
            beside: texts(&line.beside),
            email_input: line.email_input,
            iban: line.iban,
            text_document: line.text_document,
            words: line.words,
            chars: line.chars,
            paragraphs: line.paragraphs,
            longest: line.longest,
            links_count: line.links_count,
            link_density: line.link_density,
            fields: line.fields,
            buttons: line.buttons,
            amounts: line.amounts,
            headings: line.headings,
            media: line.media,
            quotes: line.quotes,
            page_words: line.page_words,
            page_share: line.page_share,
        }
    }
}

fn phrases(list: &format::List, report: &mut Report<'_>) -> Vec<Phrase> {
    let mut phrases = Vec::new();
    for (_, texts) in &list.languages.0 {
        for text in texts {
            let read = alternatives(&text.value).and_then(|all| {
                all.iter().map(|one| Phrase::parse(one)).collect::<Result<Vec<_>, _>>()
            });
            match read {
                Ok(all) => phrases.extend(all),
                Err(bad) => report.at(text.referenced, bad.message(), None),
            }
        }
    }
    phrases
}

fn known_category(name: &Spanned<String>, report: &mut Report<'_>) -> Option<Category> {
    let found = Category::from_name(&name.value);
    if found.is_none() {
        let known = Category::ALL.map(Category::name);
        let help = match nearest(&name.value, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of {}", category_names()),
        };
        report.at(name.referenced, format!("`{}` is not a category", name.value), Some(help));
    }
    found
}

fn category_names() -> String {
    Category::ALL.map(Category::name).join(", ")
}

fn class_words(text: &str) -> Vec<String> {
    if text.contains('*') {
        return vec![text.to_lowercase()];
    }
    let mut words = super::fold::Words::default();
    super::fold::fold_name(text, &mut words);
    words.iter().map(str::to_string).collect()
}

fn sites(given: &[&Vec<Spanned<String>>], report: &mut Report<'_>) -> Vec<Site> {
    let mut sites = Vec::new();
    for site in given.iter().flat_map(|sites| sites.iter()) {
        let text = site.value.trim().to_lowercase();
        let (not, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        let (only_below, text) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (host, path) = match text.split_once('/') {
            Some((host, path)) => (host, format!("/{}", path.trim_end_matches('*'))),
            None => (text, String::new()),
        };
        let good = !host.is_empty()
            && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
            && !text.contains("://");
        if !good {
            report.at(
                site.referenced,
                format!("`{}` is not a site", site.value),
                Some(
                    "`example.com`, `*.example.com`, `!shop.example.com` or `example.com/blog/*`"
                        .into(),
                ),
            );
            continue;
        }
        sites.push(Site { not, only_below, host: host.to_string(), path });
    }
    sites
}

fn is_kebab(id: &str) -> bool {
    !id.is_empty()
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !id.starts_with('-')
        && !id.ends_with('-')
}

fn first_place(rule: &format::Rule) -> Location {
    [
        rule.category.as_ref().map(|s| s.referenced),
        rule.remove.0.first().map(|s| s.referenced),
        rule.evidence.first().map(|s| s.referenced),
        rule.shields.first().map(|s| s.referenced),
        rule.conditions.as_ref().map(|s| s.referenced),
    ]
    .into_iter()
    .flatten()
    .next()
    .unwrap_or(Location::UNKNOWN)
}
