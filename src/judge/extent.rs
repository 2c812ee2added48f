//! How far a cut reaches: outwards to the wrapper that holds nothing else, sideways over the
//! parts of the same appeal, never into content.

use super::guards::{is_too_large_a_share, siblings};
use super::points::{Scale, Sum};
use super::regions::Regions;
use super::{Joined, Region, Scope, Shields, scoring};
use crate::dom::Element;
use crate::evidence::block::{Block, BlockId, PARAGRAPH_WORDS, is_frame};
use crate::rules::source::rule::{Action, BAR, Category, SignId};

/// Words that a wrapper may hold besides the appeal when nothing says that it is one: a heading,
/// a pitch. One more line would be a paragraph of something else. What is beside a label of
/// advertising, a share bar, teasers or a link to a newsletter is mostly content.
const fn loose_words(category: Category, form: bool) -> u32 {
    match (category, form) {
        (Category::Newsletter, true) => 40,
        (Category::Donation | Category::Paywall | Category::Consent, _) => 40,
        (Category::Newsletter, false) => 12,
        (Category::Promotion, _) => 25,
        _ => 8,
    }
}

/// Words, links and words of one leaf that a wrapper may hold besides when its own name says that
/// it is an appeal, or when it is a form or a dialog.
const NAMED: (u32, u32, u32) = (60, 3, 35);

/// The same where a whole dialog goes at once: a consent manager with its purposes and tabs, a
/// box of subscriptions with what each of them holds.
const fn dialog(category: Category) -> Option<(u32, u32, u32)> {
    match category {
        Category::Consent => Some((600, 40, 120)),
        Category::Paywall => Some((250, 8, 60)),
        _ => None,
    }
}

/// Words, links that are headlines, and words of the longest leaf of a card: a teaser's headline
/// with what is told of it.
const TEASER: (u32, u32, u32) = (80, 2, 40);

/// What cards of teasers are called.
const CARD_WORDS: [&str; 6] = ["card", "teaser", "item", "post", "story", "article"];

/// Blocks and words that may stand between two parts of one appeal. Notices of advertising and
/// teasers stand at intervals between pieces of content, so nothing may be bridged there.
const fn bridge(category: Category) -> (usize, u32) {
    match category {
        Category::Donation => (4, 60),
        Category::Newsletter | Category::Paywall | Category::Consent => (3, 45),
        _ => (0, 0),
    }
}

/// Words that a line of a text must stay below to be bridged.
const SHORT_LINE: u32 = 16;

/// How far before an appeal's telling part its opener may stand, in blocks and words: a letter of
/// about one screen.
const LETTER: (usize, u32) = (14, 350);

/// The same for a closer: by then the asking is mostly over.
const CLOSING: (usize, u32) = (2, 60);

/// The words of the longest opener or closer.
const OPENER_WORDS: u32 = 30;

/// Words that say nothing of the appeal in a neighbour that belongs to it.
const COMPANION_FOREIGN_WORDS: u32 = 30;

/// Blocks and words of a text that may stand between an appeal and what belongs to it.
const SKIP: (usize, u32) = (2, 25);

/// The points of a paragraph that is part of an appeal: more than a word that many texts have.
const PARAGRAPH_POINTS: i32 = 40;

/// Words and links of the largest card that a label of advertising stands in, words of the shortest
/// headline in one (fewer are a name or a count), and words of the longest such label.
const CARD: (u32, u32) = (45, 3);
const HEADLINE_WORDS: u32 = 3;
const LABEL_WORDS: u32 = 5;

/// The words of the longest link that calls to go and get what a card advertises.
const CALL_WORDS: u32 = 6;

/// The words of the longest title of an appeal, and the characters of a word that tells what
/// something is about.
const TITLE_WORDS: u32 = 8;
const TELLING_CHARS: usize = 4;

/// Words under a heading that is an appeal: a pitch and its small print. More is a section of the
/// text that begins with such a heading.
const SECTION_WORDS: u32 = 90;

/// Words of a line, and number of lines, that are left of an appeal's buttons in a text.
const TAIL_WORDS: u32 = 8;
const TAIL_BLOCKS: usize = 8;

/// Lines in the order of the alphabet that make a list to choose from, and the words of the
/// longest of them.
const OPTIONS: usize = 8;
const OPTION_WORDS: u32 = 6;

/// What boxes laid over a page are called.
const DIALOG_WORDS: [&str; 5] = ["dialog", "modal", "popup", "pop-up", "lightbox"];

/// Boxes in which the words of a dialog stand, counted from the dialog: its frame, its content, and
/// a row or a column of that.
const DIALOG_DEPTH: usize = 4;

/// Words beside an appeal in a block that is hardly more than it.
const WORDS_BESIDE: u32 = 4;

/// Steps of growth of one region, and blocks that it may have taken in to meet another; each step
/// takes in at least one, so this only bounds pages that are made of companions.
const MAX_STEPS: usize = 200;

/// Blocks in the largest wrapper of one appeal. The largest seen, hundreds of teasers, has 1,500.
const WRAPPER_BLOCKS: u32 = 4000;

/// The bytes of a class or another name that are looked at for what it says.
const NAME_BYTES: usize = 1000;

/// Grows the regions of one category.
pub(super) struct Grower<'a> {
    pub(super) scale: &'a Scale<'a>,
    pub(super) scope: &'a Scope<'a>,
    pub(super) category: Category,
    pub(super) shields: &'a Shields,
}

impl Grower<'_> {
    /// Grows all seeds and merges those that meet.
    pub(super) fn grow(&self, seeds: Vec<Region>) -> Vec<Region> {
        let outline = &self.scale.evidence.outline;
        let mut queue = Regions::new(outline);
        seeds.into_iter().for_each(|seed| queue.insert(seed));
        let mut grown = Regions::new(outline);
        while let Some(mut region) = queue.pop() {
            for _ in 0..MAX_STEPS {
                let before = (region.from, region.to, region.joined.len());
                if !self.step(&mut region, [&queue, &grown]) {
                    break;
                }
                if self.is_too_wide(&region, before.0) {
                    (region.from, region.to) = (before.0, before.1);
                    region.joined.truncate(before.2);
                    break;
                }
            }
            queue.remove_covered(&region);
            grown.remove_covered(&region);
            grown.insert(region);
        }
        grown.into_vec()
    }

    fn block(&self, id: BlockId) -> &Block {
        #[cfg(test)]
        crate::work::count(1);
        self.scale.evidence.outline.block(id)
    }

    /// One step of growth; whether there was one.
    fn step(&self, region: &mut Region, others: [&Regions<'_>; 2]) -> bool {
        self.dialog(region)
            || self.climb(region)
            || self.meet(region, others, Side::After)
            || self.meet(region, others, Side::Before)
            || self.join(region, others, Side::After)
            || self.join(region, others, Side::Before)
            || self.letter(region)
            || self.heading(region)
            || self.title(region)
            || self.section(region)
            || self.options(region)
            || self.tail(region)
    }

    /// Outwards to the largest dialog, or box named for the category, that holds the region.
    fn dialog(&self, region: &mut Region) -> bool {
        let Some((most_words, most_links, longest)) = dialog(self.category) else { return false };
        let mut outermost = None;
        let mut at = self.block(region.from).parent;
        while let Some(id) = at {
            let block = self.block(id);
            let measures = &block.measures;
            if measures.words > most_words
                || measures.links > most_links
                || measures.longest > longest
                || measures.h1 > 0
                || measures.media > 0
                || self.scale.doc.name(block.first).is_none_or(is_frame)
                || self.shields.within(self.category, id)
                || is_too_large_a_share(self.scale, measures.words)
            {
                break;
            }
            if self.is_dialog(id) || self.names_category(id) {
                outermost = Some(id);
            }
            at = block.parent;
        }
        let Some(id) = outermost else { return false };
        (region.from, region.to) = (id, id);
        region.joined.push((id, Joined::Wrapper));
        true
    }

    /// Outwards, if the wrapper holds nothing else that matters.
    fn climb(&self, region: &mut Region) -> bool {
        let Some(parent) = self.block(region.from).parent else { return false };
        let wrapper = self.block(parent);
        let Some(name) = self.scale.doc.name(wrapper.first) else { return false };
        if is_frame(name)
            || wrapper.end - parent.0 > WRAPPER_BLOCKS
            || self.holds_title(parent)
            || self.shields.within(self.category, parent)
        {
            return false;
        }
        if self.is_labelled_card(region, parent) || self.is_teaser(parent) {
            region.from = parent;
            region.to = parent;
            region.joined.push((parent, Joined::Card));
            return true;
        }
        let named = self.names_category(parent) || &**name == "form" || self.in_dialog(parent);
        let form = wrapper.measures.email_fields > 0;
        let ad = self.category == Category::AdNotice;
        let (most_words, most_links, longest) =
            if named { NAMED } else { (loose_words(self.category, form), 1, PARAGRAPH_WORDS) };
        let mut foreign = 0;
        let mut foreign_links = 0;
        let mut heads_next = false;
        let end = self.block(region.to).end;
        for i in parent.0 + 1..wrapper.end {
            if i >= region.from.0 && i < end {
                continue;
            }
            let id = BlockId(i);
            let block = self.block(id);
            let has_fields = block.measures.fields > 0;
            // No notice of advertising has fields: what has some is a search, a login.
            if has_fields && (ad || self.is_refused(id) || self.is_other_form(id)) {
                return false;
            }
            if !block.leaf {
                if block.measures.media > 0 {
                    return false;
                }
                continue;
            }
            if block.measures.words > 0 && !self.belongs(id) {
                if !has_fields && self.is_refused(id) {
                    return false;
                }
                // A label stands at the head of what it labels.
                let labelled = i < region.from.0 && ad;
                // A heading behind the appeal is that of what follows it.
                let headed = std::mem::replace(&mut heads_next, i >= end && block.heading);
                // Around a slot it is that of a part of the page.
                let entitled = (headed || ad && block.heading) && !named;
                if block.menu || labelled || entitled || block.measures.words >= longest {
                    return false;
                }
                foreign += block.measures.words;
                foreign_links += block.measures.links;
                if foreign > most_words || foreign_links > most_links {
                    return false;
                }
            }
        }
        let own_links: u32 = siblings(self.scale, region.from, self.block(region.to).end)
            .map(|id| self.block(id).measures.links)
            .sum();
        // A link beside a slot is the site's name, a menu or a teaser.
        let linked = ad && !named && wrapper.measures.links > own_links;
        if foreign > 0 && (linked || self.holds_things(parent)) {
            return false;
        }
        region.from = parent;
        region.to = parent;
        region.joined.push((parent, Joined::Wrapper));
        true
    }

    /// Whether the block holds every title of the page, or one with what no appeal is made of: one
    /// of several may be an appeal's. A title above teasers is that of a section.
    fn holds_title(&self, id: BlockId) -> bool {
        let page = self.scale.evidence.outline.blocks.first().map_or(0, |page| page.measures.h1);
        let measures = &self.block(id).measures;
        let whole = self.category == Category::Recirculation || measures.media > 0;
        measures.h1 > 0 && (measures.h1 == page || whole)
    }

    /// Whether the wrapper is a card that the region labels as advertising: a teaser that is a
    /// link, and nothing else.
    fn is_labelled_card(&self, region: &Region, wrapper: BlockId) -> bool {
        let (most_words, most_links) = CARD;
        let card = self.block(wrapper);
        let measures = &card.measures;
        let (label, label_links) = siblings(self.scale, region.from, self.block(region.to).end)
            .map(|id| &self.block(id).measures)
            .fold((0, 0), |(words, links), part| (words + part.words, links + part.link_words));
        let told = measures.words.saturating_sub(label);
        let name = self.scale.doc.name(card.first);
        let holds_cards =
            name.is_some_and(|name| matches!(&**name, "ul" | "ol" | "table" | "tbody" | "nav"));
        self.category == Category::AdNotice
            && (1..=LABEL_WORDS).contains(&label)
            && told >= HEADLINE_WORDS
            && measures.words <= most_words
            && (1..=most_links).contains(&measures.links)
            && (measures.link_words.saturating_sub(label_links) * 3 >= told * 2
                || self.ends_in_call(region, wrapper))
            && measures.h1 == 0
            && measures.media == 0
            && !card.menu
            && !holds_cards
    }

    /// Whether the region stands at the head of the wrapper, and at its end a few words that are
    /// nothing but a link: a label, what is advertised, and where to get it.
    fn ends_in_call(&self, region: &Region, wrapper: BlockId) -> bool {
        let leaves = (wrapper.0 + 1..self.block(wrapper).end)
            .map(BlockId)
            .filter(|id| self.block(*id).leaf && self.block(*id).measures.words > 0);
        let (mut first, mut last) = (None, None);
        for leaf in leaves {
            first.get_or_insert(leaf);
            last = Some(leaf);
        }
        first.is_some_and(|first| first >= region.from)
            && last.is_some_and(|last| {
                let measures = &self.block(last).measures;
                last.0 >= self.block(region.to).end
                    && measures.words <= CALL_WORDS
                    && measures.link_words == measures.words
            })
    }

    /// Whether the wrapper is one teaser's card.
    fn is_teaser(&self, wrapper: BlockId) -> bool {
        let (most_words, most_teasers, longest) = TEASER;
        let measures = &self.block(wrapper).measures;
        let fits = self.category == Category::Recirculation
            && (1..=most_teasers).contains(&measures.teasers)
            && measures.words <= most_words
            && measures.longest < longest
            && measures.media == 0
            && measures.fields == 0;
        let element = self.scale.doc.element(self.block(wrapper).first).filter(|_| fits);
        element.is_some_and(|element| match &*element.name.local {
            "li" | "article" | "a" => true,
            "div" => says_one_of(element, "class", &CARD_WORDS),
            _ => false,
        })
    }

    /// Whether a leaf says something of the appeal. A paragraph needs more for that than a word.
    fn belongs(&self, leaf: BlockId) -> bool {
        if !self.scale.speaks_for(self.category, leaf) {
            return false;
        }
        self.block(leaf).measures.words < PARAGRAPH_WORDS
            || self.best(leaf, None).is_some_and(|(_, sum)| sum.points >= PARAGRAPH_POINTS)
            || self.companion(leaf).is_some()
    }

    /// What the rules of the category say of a block.
    fn best(&self, block: BlockId, beside: Option<Category>) -> Option<(usize, Sum)> {
        scoring(self.scale, self.scope, self.category)
            .filter_map(|rule| {
                let source = &self.scale.rules.set.rules[rule];
                self.scale.weigh(source, block, beside).map(|sum| (rule, sum))
            })
            .max_by_key(|(rule, sum)| (sum.points, std::cmp::Reverse(*rule)))
    }

    /// Whether a rule says of the block, beside an appeal, that it is something else: no by as many
    /// points as make a yes.
    fn is_refused(&self, block: BlockId) -> bool {
        scoring(self.scale, self.scope, self.category).any(|rule| {
            let source = &self.scale.rules.set.rules[rule];
            let sum = self.scale.weigh(source, block, Some(self.category));
            sum.is_some_and(|sum| sum.points <= -BAR)
        })
    }

    /// Whether the block is a form that says nothing of the appeal: a search, a poll.
    fn is_other_form(&self, id: BlockId) -> bool {
        let name = self.scale.doc.name(self.block(id).first);
        name.is_some_and(|name| &**name == "form") && !self.scale.speaks_for(self.category, id)
    }

    /// Whether the block is laid over the page: a box that is about one thing.
    fn is_dialog(&self, block: BlockId) -> bool {
        let Some(element) = self.scale.doc.element(self.block(block).first) else { return false };
        let says = |name| says_one_of(element, name, &DIALOG_WORDS);
        &*element.name.local == "dialog"
            || element.attr("aria-modal") == Some("true")
            || says("role")
            || says("class")
            || says("id")
    }

    /// Whether the block is laid over the page, or one of the boxes around it.
    fn in_dialog(&self, block: BlockId) -> bool {
        let around = std::iter::successors(Some(block), |id| self.block(*id).parent);
        around.take(DIALOG_DEPTH).any(|id| self.is_dialog(id))
    }

    /// Whether the block's own class or id speaks for the category.
    fn names_category(&self, block: BlockId) -> bool {
        let mask = &self.scale.helps().speaks_for[self.category as usize];
        self.scale.evidence.own.of(block).iter().zip(mask).any(|(own, mask)| own & mask != 0)
    }

    /// Takes in another appeal of the category that stands beside, or a few short blocks away.
    fn meet(&self, region: &mut Region, others: [&Regions<'_>; 2], side: Side) -> bool {
        let parent = self.block(region.from).parent;
        // Among much else, what stands between two appeals is content; in a text all is.
        let text = self.scale.text_document;
        let boxed = !text && parent.is_some_and(|parent| self.is_box(parent));
        let (most_blocks, most_words) = if boxed || text { bridge(self.category) } else { (0, 0) };
        let longest = if text { SHORT_LINE } else { 2 * PARAGRAPH_WORDS };
        let mut between = Vec::new();
        let mut words = 0;
        let mut at = self.neighbour(region, side);
        while let Some(id) = at {
            let block = self.block(id);
            let inside = others.into_iter().find_map(|others| others.within(id));
            if let Some(other) = inside {
                // A page of appeals only is not one appeal.
                if region.joined.len() + other.joined.len() >= MAX_STEPS {
                    return false;
                }
                // Nothing else may be in the block that holds the other appeal.
                let whole = other.from == id && self.block(other.from).parent == parent
                    || self.holds_only(id, other);
                if !whole {
                    return false;
                }
                for id in between {
                    region.joined.push((id, Joined::Between));
                }
                region
                    .joined
                    .push((id, Joined::Appeal { rule: other.rule, sum: other.sum.clone() }));
                region.joined.extend(other.joined.iter().cloned());
                region.from = region.from.min(id);
                region.to = match side {
                    Side::After if other.from == id => other.to.max(id),
                    Side::After => id,
                    Side::Before => region.to,
                };
                return true;
            }
            if !self.scale.speaks_for(self.category, id) {
                words += block.measures.words;
            }
            if words > most_words
                || between.len() >= most_blocks
                || self.heads_content(id)
                || block.measures.media > 0
                || block.measures.h1 > 0
                || block.measures.longest >= longest
                || text && block.measures.leaves > 1
                || block.menu
                || self.shields.within(self.category, id)
            {
                return false;
            }
            between.push(id);
            at = self.sibling(id, side);
        }
        false
    }

    /// Whether the block is no larger than an appeal, and not what holds a page's content.
    fn is_box(&self, id: BlockId) -> bool {
        let block = self.block(id);
        block.measures.words <= LETTER.1
            && !self.holds_title(id)
            && self.scale.doc.name(block.first).is_some_and(|name| !is_frame(name))
    }

    /// Whether a region that grew sideways is now more than one cut may take, though the appeals
    /// in it may each be fine. What grew outwards past that is a page about it.
    fn is_too_wide(&self, region: &Region, from: BlockId) -> bool {
        let blocks = siblings(self.scale, region.from, self.block(region.to).end);
        self.block(region.from).parent == self.block(from).parent
            && is_too_large_a_share(
                self.scale,
                blocks.map(|id| self.block(id).measures.words).sum(),
            )
    }

    /// Whether `block` holds nothing besides `other` but a few words; an empty slot has no heading.
    fn holds_only(&self, block: BlockId, other: &Region) -> bool {
        let inside: u32 = siblings(self.scale, other.from, self.block(other.to).end)
            .map(|id| self.block(id).measures.words)
            .sum();
        let measures = &self.block(block).measures;
        measures.words <= inside + WORDS_BESIDE && (inside > 0 || measures.headings == 0)
    }

    /// Takes in a neighbour that belongs to the appeal, and in text what stands before it: a line
    /// or two of the same box.
    fn join(&self, region: &mut Region, others: [&Regions<'_>; 2], side: Side) -> bool {
        let mut at = self.neighbour(region, side);
        let mut skipped = Vec::new();
        let mut words = 0;
        while let Some(id) = at {
            let block = self.block(id);
            let measures = &block.measures;
            let bare = measures.words == 0 && measures.fields == 0 && measures.buttons == 0;
            if bare && measures.images == 0 && measures.media == 0 && measures.chars <= 3 {
                if measures.chars > 0 && skipped.is_empty() {
                    self.take(region, id, Joined::Symbol);
                    return true;
                }
                at = self.sibling(id, side);
                continue;
            }
            // A heading belongs to what follows it.
            let teaser = self.category == Category::Recirculation && measures.teasers > 0;
            let heads_next =
                side == Side::After && measures.headings > 0 && block.heading && !teaser;
            if self.shields.within(self.category, id) || block.menu || heads_next {
                return false;
            }
            // What is beside another appeal is its own; a list is a menu.
            let far = !skipped.is_empty();
            if far && (measures.leaves > 1 || others.iter().any(|others| others.touch(id))) {
                return false;
            }
            if let Some((rule, sum)) = self.companion(id) {
                for id in skipped {
                    region.joined.push((id, Joined::Between));
                }
                self.take(region, id, Joined::Beside { rule, sum });
                return true;
            }
            words += measures.words;
            let (most_blocks, most_words) = SKIP;
            if !self.scale.text_document
                || skipped.len() >= most_blocks
                || words > most_words
                || measures.longest >= SHORT_LINE
                || measures.media > 0
                || measures.headings > 0
                || bridge(self.category).0 == 0
            {
                return false;
            }
            skipped.push(id);
            at = self.sibling(id, side);
        }
        false
    }

    /// The rule by which the block belongs to an appeal that it stands beside.
    fn companion(&self, id: BlockId) -> Option<(usize, Sum)> {
        let block = self.block(id);
        let name = self.scale.doc.name(block.first).filter(|_| !block.leaf);
        let frame =
            name.is_some_and(|name| matches!(&**name, "article" | "header" | "footer" | "nav"));
        let most = match self.category {
            // Teasers say nothing of themselves; what may be one, the rule says.
            Category::Recirculation => u32::MAX,
            _ if frame => 0,
            // Nothing holds the lines of a text together.
            _ if self.scale.text_document => TAIL_WORDS,
            _ => COMPANION_FOREIGN_WORDS,
        };
        if self.says_other_than(id, most) {
            return None;
        }
        self.best(id, Some(self.category)).filter(|(_, sum)| sum.points >= BAR)
    }

    /// Whether the block is of a kind whose parts are things of their own.
    fn holds_things(&self, id: BlockId) -> bool {
        let block = self.block(id);
        let name = self.scale.doc.name(block.first).filter(|_| !block.leaf);
        name.is_some_and(|name| {
            matches!(
                &**name,
                "article" | "header" | "footer" | "nav" | "ul" | "ol" | "table" | "tbody" | "tr"
            )
        })
    }

    /// Whether more than `most` words of the block's leaves say nothing of the appeal; any menu is
    /// too many.
    fn says_other_than(&self, id: BlockId, most: u32) -> bool {
        let mut foreign = 0;
        (id.0..self.block(id).end).map(BlockId).any(|id| {
            let block = self.block(id);
            let counts = block.leaf && !self.scale.speaks_for(self.category, id);
            foreign += if counts { block.measures.words } else { 0 };
            foreign > most || counts && block.menu
        })
    }

    fn take(&self, region: &mut Region, id: BlockId, why: Joined) {
        region.joined.push((id, why));
        region.from = region.from.min(id);
        region.to = region.to.max(id);
    }

    /// Takes in what stands between the appeal and its opener or closer.
    fn letter(&self, region: &mut Region) -> bool {
        let mut opens: Vec<SignId> = Vec::new();
        let mut closes: Vec<SignId> = Vec::new();
        for rule in scoring(self.scale, self.scope, self.category) {
            if let Action::Score { opens: o, closes: c, .. } =
                &self.scale.rules.set.rules[rule].action
            {
                opens.extend(o);
                closes.extend(c);
            }
        }
        self.reach(region, Side::Before, &opens, LETTER, Joined::Opens)
            || self.reach(region, Side::After, &closes, CLOSING, Joined::Closes)
    }

    fn reach(
        &self,
        region: &mut Region,
        side: Side,
        signs: &[SignId],
        (most_blocks, most_words): (usize, u32),
        why: Joined,
    ) -> bool {
        if signs.is_empty() {
            return false;
        }
        let mut words = 0;
        let mut between = Vec::new();
        let mut last = None;
        let mut at = self.neighbour(region, side);
        while let Some(id) = at {
            let block = self.block(id);
            words += block.measures.words;
            if words > most_words
                || between.len() >= most_blocks
                || self.heads_content(id)
                || block.menu
                || block.measures.media > 0
                || block.measures.h1 > 0
                || self.shields.within(self.category, id)
            {
                break;
            }
            between.push(id);
            let short = block.measures.words <= OPENER_WORDS;
            if short && signs.iter().any(|sign| self.scale.evidence.signs.has(id, *sign)) {
                last = Some(between.len());
            }
            at = self.sibling(id, side);
        }
        let Some(count) = last else { return false };
        for (i, id) in between[..count].iter().enumerate() {
            let why = if i + 1 == count { why.clone() } else { Joined::Between };
            self.take(region, *id, why);
        }
        true
    }

    /// Takes in a heading that would head nothing once the appeal is gone.
    fn heading(&self, region: &mut Region) -> bool {
        let Some(before) = self.neighbour(region, Side::Before) else { return false };
        if !self.is_heading(before)
            || self.block(before).measures.words > 12
            || self.shields.within(self.category, before)
        {
            return false;
        }
        let heads_nothing = match self.neighbour(region, Side::After) {
            None => true,
            Some(after) => self.is_heading(after),
        };
        if heads_nothing {
            self.take(region, before, Joined::Heading);
        }
        heads_nothing
    }

    /// Takes in a short line before the appeal that the appeal repeats: its title.
    fn title(&self, region: &mut Region) -> bool {
        let asks = matches!(self.category, Category::Donation | Category::Newsletter);
        let Some(before) = self.neighbour(region, Side::Before) else { return false };
        let block = self.block(before);
        if !asks
            || block.measures.words == 0
            || block.measures.words > TITLE_WORDS
            || block.measures.h1 > 0
            || block.measures.media > 0
            || block.measures.leaves != 1
            || block.menu
            || self.shields.within(self.category, before)
        {
            return false;
        }
        let appeal = self.said(region.from, region.to);
        let title = self.said(before, before);
        let telling = |word: &&str| word.chars().count() >= TELLING_CHARS;
        let words: Vec<&str> =
            title.split(|c: char| !c.is_alphanumeric()).filter(telling).collect();
        let repeated = words
            .iter()
            .filter(|word| appeal.split(|c: char| !c.is_alphanumeric()).any(|said| said == **word));
        let repeats = !words.is_empty() && repeated.count() * 2 >= words.len();
        if repeats {
            self.take(region, before, Joined::Heading);
        }
        repeats
    }

    /// The folded text of the siblings from `from` to `to`.
    fn said(&self, from: BlockId, to: BlockId) -> &str {
        let leaves =
            || (from.0..self.block(to).end).map(|i| self.block(BlockId(i))).filter(|b| b.leaf);
        let (Some(first), Some(last)) = (leaves().next(), leaves().next_back()) else { return "" };
        let range = first.folded.0 as usize..last.folded.1 as usize;
        self.scale.evidence.outline.folded.get(range).unwrap_or("")
    }

    /// Takes in what stands under a heading that is an appeal, up to the next heading.
    fn section(&self, region: &mut Region) -> bool {
        let only_heading = self.is_heading(region.to)
            && (region.from == region.to || self.is_heading(region.from));
        let asks = matches!(self.category, Category::Donation | Category::Newsletter);
        // A single word labels what a script puts there; more tell of a sponsor, and who it is.
        let sponsors = self.category == Category::AdNotice
            && self.block(region.to).measures.words > 1
            && self.block(region.to).parent.is_some_and(|parent| self.is_box(parent));
        if !only_heading || !(asks || sponsors) {
            return false;
        }
        let (mut words, mut links) = (0, 0);
        let mut under = Vec::new();
        let mut at = self.neighbour(region, Side::After);
        while let Some(id) = at {
            let block = self.block(id);
            if block.measures.headings > 0 {
                break;
            }
            words += block.measures.words;
            links += block.measures.links;
            if words > SECTION_WORDS
                || block.measures.media > 0
                || block.menu
                || self.shields.within(self.category, id)
            {
                return false;
            }
            under.push(id);
            at = self.sibling(id, Side::After);
        }
        if sponsors && links == 0 {
            return false;
        }
        under.iter().for_each(|id| self.take(region, *id, Joined::Section));
        !under.is_empty()
    }

    /// In text, takes in the short lines behind an appeal that are left of its buttons: up to
    /// the next heading, or to the end.
    fn tail(&self, region: &mut Region) -> bool {
        let asks = matches!(self.category, Category::Donation | Category::Newsletter);
        if !asks || !self.scale.text_document {
            return false;
        }
        let mut short = Vec::new();
        let mut at = self.neighbour(region, Side::After);
        while let Some(id) = at {
            let block = self.block(id);
            if block.measures.headings > 0 && block.heading {
                break;
            }
            let lines = block.measures.leaves.max(1);
            let list = self.scale.doc.name(block.first).is_some_and(|name| is_list(name));
            if block.measures.words > TAIL_WORDS * lines
                || list && !self.scale.speaks_for(self.category, id)
                || short.len() >= TAIL_BLOCKS
                || self.shields.within(self.category, id)
            {
                return false;
            }
            short.push(id);
            at = self.sibling(id, Side::After);
        }
        short.iter().for_each(|id| self.take(region, *id, Joined::Between));
        !short.is_empty()
    }

    /// In text, takes in what is left of a field to choose from: many short lines in the order of
    /// the alphabet, such as countries.
    fn options(&self, region: &mut Region) -> bool {
        let asks = matches!(self.category, Category::Donation | Category::Newsletter);
        if !asks || !self.scale.text_document {
            return false;
        }
        let mut lines = Vec::new();
        let mut sorted = 0;
        let mut at = self.neighbour(region, Side::After);
        while let Some(id) = at {
            let measures = &self.block(id).measures;
            let short = (1..=OPTION_WORDS).contains(&measures.words) && measures.leaves == 1;
            if !short || measures.headings > 0 || self.shields.within(self.category, id) {
                break;
            }
            let follows =
                lines.last().is_some_and(|last| self.said(*last, *last) <= self.said(id, id));
            match (follows, sorted) {
                (true, _) => sorted += 1,
                // The field's name, or a choice that comes first, may stand before the list.
                (false, 0 | 1) => sorted = 1,
                (false, _) => break,
            }
            if lines.len() + 1 - sorted > SKIP.0 {
                return false;
            }
            lines.push(id);
            at = self.sibling(id, Side::After);
        }
        if sorted < OPTIONS {
            return false;
        }
        lines.iter().for_each(|id| self.take(region, *id, Joined::Between));
        true
    }

    fn is_heading(&self, id: BlockId) -> bool {
        let block = self.block(id);
        block.heading && !block.leaf && block.measures.h1 == 0
    }

    /// Whether the block is, or begins with, a heading that says nothing of the appeal.
    fn heads_content(&self, id: BlockId) -> bool {
        self.block(id).measures.headings > 0 && !self.scale.speaks_for(self.category, id)
    }

    fn neighbour(&self, region: &Region, side: Side) -> Option<BlockId> {
        match side {
            Side::Before => self.sibling(region.from, side),
            Side::After => self.sibling(region.to, side),
        }
    }

    fn sibling(&self, id: BlockId, side: Side) -> Option<BlockId> {
        let outline = &self.scale.evidence.outline;
        let parent = self.block(id).parent?;
        match side {
            Side::After => {
                let next = self.block(id).end;
                (next < outline.block(parent).end).then_some(BlockId(next))
            }
            Side::Before => self.block(id).prev,
        }
    }
}

/// Whether an attribute holds one of `words`, in small or capital letters.
fn says_one_of(element: &Element, attribute: &str, words: &[&str]) -> bool {
    element.attr(attribute).is_some_and(|value| {
        let value = value[..value.floor_char_boundary(NAME_BYTES)].to_ascii_lowercase();
        words.iter().any(|word| value.contains(word))
    })
}

fn is_list(name: &str) -> bool {
    matches!(name, "ul" | "ol")
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Before,
    After,
}
