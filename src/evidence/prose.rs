//! Running text: what tells an article from a page of teasers.
//!
//! An article has long paragraphs side by side. The abstract of a teaser, a notice of a footer or
//! a consent manager's description is as long, but stands by itself in a box.

use super::block::Block;

/// Keeps the prose of leaves that have another one beside them, and counts what is before each
/// block.
pub(super) fn find(blocks: &mut [Block]) {
    let mut beside = vec![0u32; blocks.len()];
    for i in 0..blocks.len() {
        if blocks[i].measures.prose > 0
            && let Some(holder) = holder(blocks, i)
        {
            beside[holder] += 1;
        }
    }
    let mut before = 0;
    for i in 0..blocks.len() {
        let alone = holder(blocks, i).is_none_or(|holder| beside[holder] < 2);
        let block = &mut blocks[i];
        block.prose_before = before;
        if alone {
            block.measures.prose = 0;
        }
        before += block.measures.prose;
    }
}

/// What holds the paragraph that the leaf makes up, by itself or in boxes of its own.
fn holder(blocks: &[Block], leaf: usize) -> Option<usize> {
    let mut paragraph = leaf;
    loop {
        let around = blocks[paragraph].parent?.index();
        if around + 1 != paragraph || blocks[around].end != blocks[paragraph].end {
            return Some(around);
        }
        paragraph = around;
    }
}

#[cfg(test)]
mod tests {
    use crate::dom::parse::{ParseOptions, parse};
    use crate::evidence::block::Outline;

    fn prose(html: &str) -> (u32, u32) {
        let outline = Outline::read(&parse(html, &ParseOptions::default()).unwrap());
        let last = outline.blocks.last().unwrap();
        (outline.blocks[0].measures.prose, last.prose_before)
    }

    #[test]
    fn paragraphs_side_by_side() {
        let text = "word ".repeat(30);
        assert_eq!(prose(&format!("<p>{text}</p><h2>x</h2><p>{text}</p><p>end</p>")), (60, 60));
        assert_eq!(prose(&format!("<p>end</p><p>{text}</p><p>{text}</p>")), (60, 30));
        assert_eq!(prose(&format!("{text}<br>{text}")), (60, 30));
    }

    #[test]
    fn paragraphs_in_boxes_of_their_own() {
        let paragraph = format!("<div><div><p>{}</p></div></div>", "word ".repeat(30));
        assert_eq!(prose(&format!("<div>{}</div><p>end</p>", paragraph.repeat(2))), (60, 60));
    }

    #[test]
    fn paragraphs_in_cards() {
        let card = format!("<div><h3>x</h3><p>{}</p></div>", "word ".repeat(30));
        assert_eq!(prose(&card.repeat(3)), (0, 0));
    }
}
