//! The way of a page: decode, parse, judge, cut.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::cut::{self, Target};
use crate::decode::{Decoded, decode};
use crate::dom::Document;
use crate::dom::parse::{ParseError, ParseOptions, parse};
use crate::error::Error;
use crate::evidence::Evidence;
use crate::evidence::block::Outline;
use crate::evidence::memory::Memory;
use crate::explain::{Lines, Narrator, text_of};
use crate::finding::{Before, BlockVerdict, Cut, Holders, NearMiss, Place, Verdict};
use crate::judge::points::Scale;
use crate::judge::{Region, Scope, judge};
use crate::report::Report;
use crate::rules::site::{Address, applies};
use crate::text::{self, Kind};
use crate::{Category, Rules};

/// Rounds of judging. Nearly every page is done after the first: a further round only finds
/// what the cuts of the one before laid bare.
const MAX_ROUNDS: usize = 6;

/// Appeals within appeals are laid bare one after the other. On pages this side of some thousand
/// nodes there may be more rounds, as many as look at so many nodes in all: less than a second.
const SMALL_ROUNDS: usize = 1 << 18;

/// What is said where the rules look at too much of a page.
const TOO_FAR: &str = "the selectors or phrases of the rules would have to look at too much of this \
                       page: `~` looks at all siblings before, `+` or a class does not; and many \
                       phrases with `...` should not begin with the same word";

/// What an input is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum From {
    /// By file name, else by content.
    #[default]
    Auto,
    /// A page or a fragment of one.
    Html,
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
}

impl From {
    /// What a file is, by its name; `None` if the name does not tell.
    ///
    /// ```
    /// use dehusk::From;
    /// assert_eq!(From::by_name("saved/page.HTM".as_ref()), Some(From::Html));
    /// assert_eq!(From::by_name("picture.png".as_ref()), None);
    /// ```
    pub fn by_name(path: &Path) -> Option<From> {
        text::by_name(path).map(From::of)
    }

    fn of(kind: Kind) -> From {
        match kind {
            Kind::Html => From::Html,
            Kind::Text => From::Text,
            Kind::Markdown => From::Markdown,
        }
    }
}

/// The limits that keep work bounded. Past them an input is not touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The largest input, in bytes. 256 MiB unless changed.
    pub max_bytes: usize,
    /// The deepest nesting of elements. 512 unless changed, as in browsers.
    pub max_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_bytes: 256 << 20, max_depth: 512 }
    }
}

/// Cleans inputs with a set of rules.
///
/// ```
/// use dehusk::{Cleaner, Rules};
///
/// let cleaner = Cleaner::new(Rules::builtin());
/// let page = "<p>The mill was built in 1802.</p>\
///     <form><p>Sign up for our newsletter</p><input type=email><button>Subscribe</button></form>\
///     <p>It stood empty for a century.</p>";
/// let cleaned = cleaner.clean(page.as_bytes())?;
/// assert_eq!(
///     &*cleaned.output,
///     b"<p>The mill was built in 1802.</p><p>It stood empty for a century.</p>".as_slice()
/// );
/// assert_eq!(cleaned.cuts[0].category, dehusk::Category::Newsletter);
/// # Ok::<(), dehusk::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cleaner {
    rules: Rules,
    categories: Vec<Category>,
    from: From,
    name: Option<PathBuf>,
    url: Option<String>,
    encoding: Option<&'static encoding_rs::Encoding>,
    limits: Limits,
    verify: bool,
}

impl Cleaner {
    /// A cleaner for the core categories: newsletter, donation, ad notice.
    pub fn new(rules: Rules) -> Cleaner {
        Cleaner {
            rules,
            categories: Category::CORE.to_vec(),
            from: From::Auto,
            name: None,
            url: None,
            encoding: None,
            limits: Limits::default(),
            verify: false,
        }
    }

    /// What to remove.
    #[must_use]
    pub fn categories(mut self, categories: impl IntoIterator<Item = Category>) -> Self {
        let wanted: Vec<Category> = categories.into_iter().collect();
        self.categories = Category::ALL.into_iter().filter(|c| wanted.contains(c)).collect();
        self
    }

    /// What the inputs are.
    #[must_use]
    pub fn from(mut self, from: From) -> Self {
        self.from = from;
        self
    }

    /// The name of the input's file, from which [`From::Auto`] tells what it is.
    #[must_use]
    pub fn name(mut self, name: Option<PathBuf>) -> Self {
        self.name = name;
        self
    }

    /// The address of the page: rules for sites apply only to pages whose address is known.
    #[must_use]
    pub fn url(mut self, url: Option<String>) -> Self {
        self.url = url;
        self
    }

    /// The encoding of the inputs by its label, such as `windows-1251`; without it, it is read
    /// from the input.
    ///
    /// # Errors
    ///
    /// The label is not known ([`Error::is_encoding`]).
    pub fn encoding(mut self, label: Option<&str>) -> Result<Self, Error> {
        self.encoding = match label {
            None => None,
            Some(label) => Some(encoding_rs::Encoding::for_label(label.as_bytes()).ok_or_else(
                || {
                    Error::encoding(format!(
                        "`{label}` is not an encoding; use a label such as utf-8, windows-1251 or shift_jis"
                    ))
                },
            )?),
        };
        Ok(self)
    }

    /// The limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether each result is parsed once more to prove that nothing else changed: about twice
    /// the time. Without it, cuts whose safety the first parse cannot tell are proven anyway.
    #[must_use]
    pub fn verify(mut self, yes: bool) -> Self {
        self.verify = yes;
        self
    }

    /// Cleans an input.
    ///
    /// # Errors
    ///
    /// The input is past the limits ([`Error::is_limit`]), or the proof that was asked for failed
    /// ([`Error::is_proof`]).
    pub fn clean<'a>(&self, input: &'a [u8]) -> Result<Cleaned<'a>, Error> {
        if input.len() > self.limits.max_bytes {
            return Err(Error::limit(format!(
                "{} bytes are more than the limit of {}",
                input.len(),
                self.limits.max_bytes
            )));
        }
        let mut cleaned = self.once(input)?;
        // Where some cut was not safe, the others may have made it so; and lines of a text may read
        // otherwise without those before them. Only reading the result again can tell.
        for _ in 0..MAX_ROUNDS {
            let refused = cleaned.near.iter().any(|miss| miss.is_refused());
            if cleaned.cuts.is_empty() || !refused && cleaned.kind == Kind::Html {
                break;
            }
            let again = self.clone().from(cleaned.from()).encoding(Some(cleaned.encoding))?;
            let next = again.once(&cleaned.output)?;
            if next.cuts.is_empty() {
                break;
            }
            let before = Before::new(&cleaned.cuts, input);
            let back = |place: &Place| before.place(place);
            let added: Vec<Cut> = next
                .cuts
                .iter()
                .map(|cut| Cut { place: back(&cut.place), ..cut.clone() })
                .collect();
            cleaned.near = next
                .near
                .iter()
                .map(|miss| NearMiss { place: back(&miss.place), ..miss.clone() })
                .collect();
            // Both are in order: what lies in a new cut lies in the last that begins before its end.
            cleaned.cuts.retain(|cut| {
                let next =
                    added.partition_point(|new| new.place.range.start <= cut.place.range.start);
                !next.checked_sub(1).is_some_and(|last| added[last].place.holds(&cut.place))
            });
            cleaned.cuts.extend(added);
            cleaned.cuts.sort_by_key(|cut| cut.place.range.start);
            cleaned.output = without(input, &cleaned.cuts);
        }
        Ok(cleaned)
    }

    /// Cleans an input, reading it once.
    fn once<'a>(&self, input: &'a [u8]) -> Result<Cleaned<'a>, Error> {
        let (decoded, kind) = self.read(input);
        let doc = self.parse(&decoded, kind)?;
        let mut page = Page { decoded: &decoded, kind, doc };
        let Verdicts { cuts, near, proof } = page.judge(&self.rules, &self.scope())?;
        let output = without(input, &cuts);
        if !cuts.is_empty() && !self.reads_alike(&decoded, kind, &output) {
            // Rare: an encoding that was guessed, and would be guessed otherwise from the rest.
            let why = "without it the rest would be read in another encoding";
            let mut near = near;
            near.extend(cuts.into_iter().map(|cut| NearMiss::refused(cut, why.into())));
            near.sort_by_key(|miss| miss.place.range.start);
            let (cuts, encoding) = (Vec::new(), decoded.encoding.name());
            return Ok(Cleaned { output: Cow::Borrowed(input), cuts, near, kind, encoding });
        }
        if self.verify {
            page.verify(&proof)?;
        }
        Ok(Cleaned { output, cuts, near, kind, encoding: decoded.encoding.name() })
    }

    /// Whether the output would be decoded as the input was.
    fn reads_alike(&self, decoded: &Decoded<'_>, kind: Kind, output: &[u8]) -> bool {
        let (before, after) = (decoded.encoding, decode(output, self.encoding, kind).encoding);
        // Plain letters are the same bytes in most encodings.
        let plain = [before, after].iter().all(|encoding| encoding.is_ascii_compatible());
        before == after || plain && output.is_ascii()
    }

    /// The blocks of an input that carry text or fields, in order, each with its verdict: what a
    /// report or a test shows of a whole page. Cleans the input, and reads it once more.
    ///
    /// ```
    /// use dehusk::{Cleaner, Rules, Verdict};
    ///
    /// let cleaner = Cleaner::new(Rules::builtin());
    /// let blocks = cleaner.blocks(b"<h2>The mill</h2><p>Advertisement</p><p>It is old.</p>")?;
    /// assert_eq!(blocks.len(), 3);
    /// assert!(matches!(blocks[1].verdict, Verdict::Cut(_)));
    /// assert!(matches!(blocks[2].verdict, Verdict::Kept));
    /// # Ok::<(), dehusk::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The input is past the limits ([`Error::is_limit`]).
    pub fn blocks(&self, input: &[u8]) -> Result<Vec<BlockVerdict>, Error> {
        let cleaned = self.clean(input)?;
        let (decoded, kind) = self.read(input);
        let doc = self.parse(&decoded, kind)?;
        let cuts = Holders::new(cleaned.cuts.iter().map(|cut| &cut.place));
        let near = Holders::new(cleaned.near.iter().map(|near| &near.place));
        let blocks = Outline::read(&doc).blocks.into_iter().filter(|block| block.leaf);
        Ok(blocks
            .map(|block| {
                let start = doc.span(block.first).map_or(0, |span| span.start);
                let end = doc.span(block.last).map_or(start, |span| span.end);
                let range = decoded.source_offset(start)..decoded.source_offset(end.max(start));
                let cut = cuts.first(&range).and_then(|index| cleaned.cuts.get(index));
                let near = near.first(&range).and_then(|index| cleaned.near.get(index));
                BlockVerdict {
                    element: doc
                        .node(block.first)
                        .parent
                        .and_then(|parent| doc.name(parent))
                        .map_or(String::new(), |name| name.to_string()),
                    words: block.measures.words,
                    text: text_of(&doc, block.first, block.last),
                    verdict: match (cut, near) {
                        (Some(cut), _) => Verdict::Cut(cut.clone()),
                        (None, Some(near)) => Verdict::Near(near.clone()),
                        (None, None) => Verdict::Kept,
                    },
                    range,
                }
            })
            .collect())
    }

    /// A report on an input: one HTML file, complete in itself, that shows the page as it was,
    /// every cut and every near miss in it, and the evidence for each. Cleans the input, and reads
    /// it once more.
    ///
    /// It is safe to open: nothing of the page runs, and nothing is loaded. Of inputs too large
    /// for a browser (beyond 1 MiB in the view of the source, 32 MiB in that of the page) parts
    /// are shown, and 2,000 blocks at most.
    ///
    /// ```
    /// use dehusk::{Cleaner, Rules};
    ///
    /// let cleaner = Cleaner::new(Rules::builtin()).name(Some("mill.html".into()));
    /// let report = cleaner.report(b"<h2>The mill</h2><p>Advertisement</p><p>It is old.</p>")?;
    /// assert!(report.contains("ad-label"));
    /// # Ok::<(), dehusk::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The input is past the limits ([`Error::is_limit`]), or the proof that was asked for failed
    /// ([`Error::is_proof`]).
    pub fn report(&self, input: &[u8]) -> Result<String, Error> {
        let cleaned = self.clean(input)?;
        let (decoded, kind) = self.read(input);
        let doc = self.parse(&decoded, kind)?;
        let name = self.name.as_ref().map(|path| path.to_string_lossy());
        let name = name.as_deref().unwrap_or("Page");
        let report = Report { name, input, decoded: &decoded, doc: &doc, cleaned: &cleaned };
        Ok(report.html())
    }

    pub(crate) fn parse(&self, decoded: &Decoded<'_>, kind: Kind) -> Result<Document, Error> {
        match kind {
            Kind::Html => {
                let options =
                    ParseOptions { max_depth: self.limits.max_depth, ..Default::default() };
                parse(&decoded.text, &options).map_err(|error| match error {
                    ParseError::TooDeep { .. } => Error::depth(error.to_string()),
                    _ => Error::limit(error.to_string()),
                })
            }
            Kind::Text | Kind::Markdown => Ok(text::parse(&decoded.text, kind)),
        }
    }

    pub(crate) fn read<'a>(&self, input: &'a [u8]) -> (Decoded<'a>, Kind) {
        let given = match self.from {
            From::Auto => self.name.as_deref().and_then(text::by_name),
            From::Html => Some(Kind::Html),
            From::Text => Some(Kind::Text),
            From::Markdown => Some(Kind::Markdown),
        };
        let decoded = decode(input, self.encoding, given.unwrap_or(Kind::Html));
        let kind = given.unwrap_or_else(|| text::detect(None, &decoded.text));
        (decoded, kind)
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The address of the page, if it is known.
    pub(crate) fn address(&self) -> Option<&str> {
        self.url.as_deref()
    }

    pub(crate) fn scope(&self) -> OwnedScope {
        let address = self.url.as_deref().map(Address::parse);
        let applies =
            self.rules.0.set.rules.iter().map(|rule| applies(rule, address.as_ref())).collect();
        OwnedScope { categories: self.categories.clone(), applies }
    }
}

pub(crate) struct OwnedScope {
    pub(crate) categories: Vec<Category>,
    pub(crate) applies: Vec<bool>,
}

/// A cleaned input.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cleaned<'a> {
    /// The input without what was cut; borrowed if that was nothing.
    pub output: Cow<'a, [u8]>,
    /// What was cut, in order.
    pub cuts: Vec<Cut>,
    /// What stays though it looks like an appeal, in order.
    pub near: Vec<NearMiss>,
    /// What the input was taken for.
    pub(crate) kind: Kind,
    /// The input's encoding, by its standard name.
    pub encoding: &'static str,
}

impl Cleaned<'_> {
    /// What the input was taken for; never [`From::Auto`].
    pub fn from(&self) -> From {
        From::of(self.kind)
    }
}

/// `input` without the ranges of `cuts`.
fn without<'a>(input: &'a [u8], cuts: &[Cut]) -> Cow<'a, [u8]> {
    if cuts.is_empty() {
        return Cow::Borrowed(input);
    }
    let mut output = Vec::with_capacity(input.len());
    let mut at = 0;
    for cut in cuts {
        output.extend_from_slice(&input[at..cut.place.range.start]);
        at = cut.place.range.end;
    }
    output.extend_from_slice(&input[at..]);
    Cow::Owned(output)
}

/// A page on its way.
struct Page<'a> {
    decoded: &'a Decoded<'a>,
    kind: Kind,
    doc: Document,
}

/// What judging a page gave.
#[derive(Default)]
struct Verdicts {
    cuts: Vec<Cut>,
    near: Vec<NearMiss>,
    proof: Proof,
}

/// What a proof of the cuts needs.
#[derive(Default)]
struct Proof {
    targets: Vec<Target>,
    plan: cut::Plan,
}

/// Ranges of the decoded text to cut, each with the indices of its targets; targets that stay,
/// with the reason; wrappers that go with what they hold.
#[derive(Default)]
struct Plan {
    spans: Vec<(Range<usize>, Vec<usize>)>,
    refused: BTreeMap<usize, String>,
    wrappers: Vec<Target>,
    /// The targets that the plan was made for, and what the planner for HTML said.
    chosen: Vec<Target>,
    html: cut::Plan,
}

impl Page<'_> {
    /// Judges and cuts until a round finds nothing more, so that cleaning the result again would
    /// find nothing either.
    fn judge(&mut self, rules: &Rules, scope: &OwnedScope) -> Result<Verdicts, Error> {
        let scope = Scope { categories: &scope.categories, applies: &scope.applies };
        let asked = rules.0.asked(scope.categories, scope.applies);
        let mut verdicts = Verdicts::default();
        // What is cut so far, and what was found but could not be cut in the last round. The
        // latter is tried again each round: other cuts may have made it safe.
        let mut accepted: Vec<(Target, Cut)> = Vec::new();
        let mut refused: Vec<NearMiss> = Vec::new();
        let lines = Lines::new(&self.decoded.text);
        let mut memory = Memory::new(self.doc.nodes.len());
        let most = MAX_ROUNDS.max(SMALL_ROUNDS / self.doc.nodes.len().max(1));
        for round in 0.. {
            let evidence = Evidence::read(&self.doc, &rules.0, Some(&asked), &mut memory);
            let scale = Scale {
                doc: &self.doc,
                rules: &rules.0,
                evidence: &evidence,
                text_document: self.kind != Kind::Html,
            };
            let judgement = judge(&scale, &scope);
            if judgement.exhausted {
                return Err(Error::limit(TOO_FAR));
            }
            let narrator = Narrator::new(&scale, self.decoded, &lines);
            // Told of the last round only.
            let near = || judgement.near.iter().map(|miss| narrator.near(miss)).collect();
            let before = accepted.len();
            let mut found = accepted.clone();
            let mut known: HashSet<Target> = found.iter().map(|(target, _)| *target).collect();
            for region in &judgement.regions {
                let target = target_of(&evidence.outline, region);
                if known.insert(target) {
                    found.push((target, narrator.cut(region)));
                }
            }
            if found.len() == before || round == most {
                verdicts.near = near();
                break;
            }
            let (plan, cuts) = self.plan(&found, &lines);
            let (mut kept, mut gone) = (Vec::new(), Vec::new());
            for (index, (target, cut)) in found.into_iter().enumerate() {
                match plan.refused.get(&index) {
                    Some(why) => kept.push((index, NearMiss::refused(cut, why.clone()))),
                    None => gone.push((target, cut)),
                }
            }
            // A plan that takes back what was cut before is no use: its nodes are gone.
            let useful = gone.len() > before && kept.iter().all(|(index, _)| *index >= before);
            refused =
                kept.into_iter().filter(|(i, _)| *i >= before).map(|(_, miss)| miss).collect();
            if !useful {
                verdicts.near = near();
                break;
            }
            for target in gone.iter().map(|(target, _)| target).chain(&plan.wrappers) {
                self.doc.remove_run(target.first, target.last);
            }
            memory.keep(evidence.outline);
            accepted = gone;
            verdicts.cuts = cuts;
            verdicts.proof = Proof { targets: plan.chosen, plan: plan.html };
        }
        verdicts.near.extend(refused);
        verdicts.near.sort_by_key(|miss| miss.place.range.start);
        Ok(verdicts)
    }

    /// Plans the cuts of all that was found, leaving out what has bytes that cannot be taken out
    /// of the source's encoding.
    fn plan(&self, found: &[(Target, Cut)], lines: &Lines<'_>) -> (Plan, Vec<Cut>) {
        let mut stuck: BTreeSet<usize> = BTreeSet::new();
        loop {
            let wanted: Vec<usize> = (0..found.len()).filter(|i| !stuck.contains(i)).collect();
            let mut plan = self.plan_text(found, &wanted);
            let mut cuts = Vec::new();
            let before = stuck.len();
            for (span, members) in &plan.spans {
                let Some(range) = self.decoded.to_source(span.clone()) else {
                    stuck.extend(members);
                    continue;
                };
                let shares = self.shares(span, members, found);
                for (i, (start, story)) in shares.iter().enumerate() {
                    let mut cut = found[*story].1.clone();
                    cut.place.line = lines.of(*start);
                    // The first share begins, and the last ends, where the whole range does.
                    let from =
                        if i == 0 { range.start } else { self.decoded.source_offset(*start) };
                    let to = shares
                        .get(i + 1)
                        .map_or(range.end, |(start, _)| self.decoded.source_offset(*start));
                    cut.place.range = from..to;
                    cuts.push(cut);
                }
            }
            if stuck.len() == before {
                let why = "its bytes cannot be taken out of this encoding by themselves";
                plan.refused.extend(stuck.into_iter().map(|index| (index, why.to_string())));
                return (plan, cuts);
            }
        }
    }

    /// Divides a range that was planned as one between the appeals in it that stand side by side:
    /// where each begins, and which it is. One within another belongs to that.
    fn shares(
        &self,
        span: &Range<usize>,
        members: &[usize],
        found: &[(Target, Cut)],
    ) -> Vec<(usize, usize)> {
        let place = |index: usize| {
            let target = &found[index].0;
            let start = self.doc.span(target.first)?.start.clamp(span.start, span.end);
            let end = self.doc.span(target.last)?.end.clamp(start, span.end);
            Some((start, end, index))
        };
        let mut places: Vec<_> = members.iter().filter_map(|index| place(*index)).collect();
        places.sort_by_key(|(start, end, index)| {
            (*start, std::cmp::Reverse((*end, found[*index].1.points)), *index)
        });
        let mut shares: Vec<(usize, usize)> = Vec::new();
        let mut covered = span.start;
        for (start, end, index) in places {
            if shares.is_empty() {
                shares.push((span.start, index));
            } else if start >= covered && end > start {
                shares.push((start, index));
            }
            covered = covered.max(end);
        }
        shares
    }

    /// Plans the cuts of the `wanted` targets in the decoded text.
    fn plan_text(&self, found: &[(Target, Cut)], wanted: &[usize]) -> Plan {
        let source: &str = &self.decoded.text;
        let chosen: Vec<Target> = wanted.iter().map(|i| found[*i].0).collect();
        if self.kind == Kind::Html {
            let html = cut::plan(&self.doc, source, &chosen);
            let numbers = |own: &[usize]| own.iter().map(|i| wanted[*i]).collect();
            let spans = html.cuts.iter().map(|c| (c.span.clone(), numbers(&c.targets))).collect();
            let refused =
                html.refused.iter().map(|(i, why)| (wanted[*i], why.to_string())).collect();
            let wrappers = html
                .cuts
                .iter()
                .filter_map(|cut| match cut.how {
                    cut::How::Climbed(wrapper) => Some(Target::node(wrapper)),
                    _ => None,
                })
                .collect();
            return Plan { spans, refused, wrappers, html, chosen };
        }
        let runs: Vec<_> = chosen.iter().map(|target| (target.first, target.last)).collect();
        let text = text::plan(source, self.kind, &self.doc, &runs);
        // The cuts are in order and apart: a target can only lie in the last that begins before it.
        let mut spans: Vec<_> = text.cuts.into_iter().map(|cut| (cut, Vec::new())).collect();
        for index in wanted {
            let target = &found[*index].0;
            let (start, end) = (self.doc.span(target.first), self.doc.span(target.last));
            let (Some(start), Some(end)) = (start, end) else { continue };
            let after = spans.partition_point(|(cut, _)| cut.start <= start.start);
            if let Some((cut, members)) = after.checked_sub(1).and_then(|last| spans.get_mut(last))
                && end.end <= cut.end
            {
                members.push(*index);
            }
        }
        let why = "without it the rest would read differently";
        let kept: HashSet<_> = text.kept.into_iter().collect();
        let stays = |i: &&usize| kept.contains(&(found[**i].0.first, found[**i].0.last));
        let refused = wanted.iter().filter(stays).map(|i| (*i, why.to_string())).collect();
        Plan { refused, spans, ..Plan::default() }
    }

    /// Proves by a second parse that the cuts changed nothing else. Plans for text are proven
    /// when they are made.
    fn verify(&self, proof: &Proof) -> Result<(), Error> {
        if self.kind != Kind::Html {
            return Ok(());
        }
        let decoded = self.decoded;
        cut::verify(&decoded.text, &self.doc, &proof.targets, &proof.plan.cuts)
            .map_err(|mismatch| Error::proof(format!("the result does not hold: {mismatch}")))?;
        let spans = proof.plan.cuts.iter().map(|cut| cut.span.clone());
        let pairs: Option<Vec<_>> =
            spans.map(|span| Some((span.clone(), decoded.to_source(span)?))).collect();
        match pairs {
            Some(pairs) if decoded.holds(&pairs) => Ok(()),
            _ => Err(Error::proof("the result does not decode to the text without the cuts")),
        }
    }
}

/// The nodes of a region.
fn target_of(outline: &Outline, region: &Region) -> Target {
    Target { first: outline.block(region.from).first, last: outline.block(region.to).last }
}
