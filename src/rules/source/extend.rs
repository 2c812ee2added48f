//! Files that change the rules of others: `disable` and `extend`.

use serde_saphyr::Spanned;

use super::conditions::selectors;
use super::format;
use super::known;
use super::problem::{Report, nearest};
use super::resolve::Resolver;
use super::rule::{Action, Retired, Spot, Status, Why};

impl Resolver {
    pub(super) fn disable(&mut self, index: u16, file: &format::File, report: &mut Report<'_>) {
        for id in &file.disable {
            let place = id.referenced;
            let Some(at) = self.set.rules.iter().position(|rule| rule.id == id.value) else {
                let (message, help) = self.missing(&id.value, "disable");
                report.at(place, message, help);
                continue;
            };
            if self.set.rules[at].file == index {
                report.at(
                    place,
                    format!("`{}` is a rule of this file", id.value),
                    Some(
                        "write `status: off` in it; it replaces the one of a layer below already"
                            .into(),
                    ),
                );
                continue;
            }
            if let Some(site) = file.sites.first() {
                let help = format!(
                    "for this site only: `extend: {}` with `sites: ['!{}']`, in a file without \
                     `sites` at the top",
                    id.value, site.value
                );
                report.at(place, "this would switch the rule off on all sites", Some(help));
            }
            let rule = self.set.rules.remove(at);
            let spot = Spot { file: index, line: place.line() as u32 };
            self.set.retired.push(Retired { rule, why: Why::Disabled(spot) });
        }
    }

    pub(super) fn extends(&mut self, index: u16, file: &format::File, report: &mut Report<'_>) {
        for source in &file.rules {
            if let Some(target) = &source.extend {
                self.extend(index, target, file, source, report);
            }
        }
    }

    fn extend(
        &mut self,
        index: u16,
        target: &Spanned<String>,
        file: &format::File,
        source: &format::Rule,
        report: &mut Report<'_>,
    ) {
        let place = target.referenced;
        let Some(at) = self.set.rules.iter().position(|rule| rule.id == target.value) else {
            let (message, help) = self.missing(&target.value, "extend");
            report.at(place, message, help);
            return;
        };
        for (key, given, help) in [
            ("id", source.id.is_some(), "it has the id of the rule that it adds to"),
            (
                "category",
                source.category.is_some(),
                "it has the category of the rule that it adds to",
            ),
            (
                "where",
                source.conditions.is_some(),
                "conditions for what is added go into its lines of evidence",
            ),
            ("up_to", !source.up_to.0.is_empty(), "write a rule of your own for it"),
            ("shields", !source.shields.is_empty(), "write a shield of your own"),
            ("lift", !source.lift.is_empty(), "write a rule of your own for it"),
            (
                "opens",
                source.opens.is_some(),
                "add phrases to the list that the rule names: `lists:`",
            ),
            (
                "closes",
                source.closes.is_some(),
                "add phrases to the list that the rule names: `lists:`",
            ),
        ] {
            if given {
                let message = format!("`{key}` does not go with `extend`");
                report.at(place, message, Some(help.into()));
            }
        }
        if !file.sites.is_empty() {
            let message = "in a file with `sites` this would reach beyond them";
            report.at(place, message, Some("put it into a file without `sites` at the top".into()));
        }
        let lines = self.evidence(index, &source.evidence, report);
        let selectors = selectors(&source.remove, report);
        let rule = &self.set.rules[at];
        let sites = known::sites(&source.sites, report);
        let names_sites = source.sites.iter().find(|site| !site.value.starts_with('!'));
        if let Some(site) = names_sites
            && rule.sites.iter().all(|site| site.not)
        {
            report.at(
                site.referenced,
                format!("`{}` is for all sites; this would make it one for these alone", rule.id),
                Some(format!(
                    "exclude sites with `!`, as in '!{}', or write a rule of your own",
                    site.value
                )),
            );
        }
        let (has, wants) = match rule.action {
            Action::Score { .. } => ("evidence", "evidence"),
            Action::Remove { .. } => ("remove", "selectors to `remove`"),
            Action::Keep { .. } => ("shields", "nothing but `sites` that are excluded"),
        };
        for (key, place) in [
            ("evidence", source.evidence.first().map(|line| line.referenced)),
            ("remove", source.remove.0.first().map(|text| text.referenced)),
        ] {
            if let Some(place) = place.filter(|_| key != has) {
                let message = format!("`{}` has no `{key}` that could be added to", rule.id);
                report.at(place, message, Some(format!("it takes {wants}")));
            }
        }
        if lines.is_empty() && selectors.is_empty() && sites.is_empty() && source.status.is_none() {
            report.at(
                place,
                format!("this adds nothing to `{}`", rule.id),
                Some(format!(
                    "add {wants}, `sites` or a `status`; {}",
                    if file.lists.0.is_empty() {
                        "phrases go under `lists:`"
                    } else {
                        "the `lists:` of this file need no `extend`"
                    }
                )),
            );
        }
        let status = self.status(source, report);
        let rule = &mut self.set.rules[at];
        rule.sites.extend(sites);
        rule.extended.push(Spot { file: index, line: place.line() as u32 });
        match &mut rule.action {
            Action::Score { evidence, .. } => evidence.extend(lines),
            Action::Remove { selectors: known, .. } => known.extend(selectors),
            Action::Keep { .. } => {}
        }
        match status {
            None => {}
            Some(Status::Off) => {
                let rule = self.set.rules.remove(at);
                self.set.retired.push(Retired { rule, why: Why::Off });
            }
            Some(status) => rule.status = status,
        }
    }

    /// What to say of a rule that is not there.
    fn missing(&self, id: &str, to: &str) -> (String, Option<String>) {
        if let Some(retired) = self.set.retired.iter().find(|retired| retired.rule.id == id) {
            let why = match retired.why {
                Why::Disabled(spot) => format!("disabled at {}", self.place(spot)),
                _ => "off".into(),
            };
            let message = format!("there is nothing to {to}: `{id}` is {why}");
            return (message, None);
        }
        let near = nearest(id, self.set.rules.iter().map(|rule| rule.id.as_str()));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if id.contains(['/', '.']) => "this takes the id of a rule, not a file".into(),
            None => "`dehusk rules list` shows all there are".into(),
        };
        (format!("there is no rule `{id}` to {to}"), Some(help))
    }
}
