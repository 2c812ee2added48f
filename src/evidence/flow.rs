//! How elements are laid out: as blocks, within a line, or not at all.

use html5ever::{LocalName, local_name};

use crate::dom::{Document, NodeData};

/// How a node is laid out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flow {
    /// As a block, by its name or because it holds one (a link around a heading is laid out as a
    /// block, and a `br` ends a leaf).
    pub(super) block: bool,
    /// It is not shown.
    pub(super) skipped: bool,
    /// It is shown, but not as what stands in it.
    pub(super) closed: bool,
}

/// How each node of `doc` is laid out.
pub(super) fn of(doc: &Document) -> Vec<Flow> {
    let mut flows = vec![Flow::default(); doc.nodes.len()];
    for (flow, node) in flows.iter_mut().zip(&doc.nodes) {
        match &node.data {
            NodeData::Element(element) => *flow = Flow::by_name(&element.name.local),
            NodeData::Document => flow.block = true,
            NodeData::Fragment => flow.skipped = true,
            _ => {}
        }
    }
    for (id, node) in doc.nodes.iter().enumerate() {
        if !flows[id].block || flows[id].skipped || doc.removed.get(id) == Some(&true) {
            continue;
        }
        // Up to what is a block already: from there the way up was gone before, or will be.
        let mut around = node.parent;
        while let Some(parent) = around {
            let flow = &mut flows[parent.index()];
            if flow.block || flow.skipped || flow.closed || doc.is_removed(parent) {
                break;
            }
            flow.block = true;
            around = doc.node(parent).parent;
        }
    }
    flows
}

impl Flow {
    fn by_name(name: &LocalName) -> Flow {
        Flow { block: is_block_name(name), skipped: is_skipped(name), closed: is_closed(name) }
    }
}

/// Elements whose content is not part of the page's text.
fn is_skipped(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("script")
            | local_name!("style")
            | local_name!("head")
            | local_name!("title")
            | local_name!("meta")
            | local_name!("link")
            | local_name!("svg")
            | local_name!("template")
            | local_name!("canvas")
            | local_name!("datalist")
    )
}

/// Elements that are shown, but not as what stands in them.
fn is_closed(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("textarea")
            | local_name!("select")
            | local_name!("iframe")
            | local_name!("object")
            | local_name!("embed")
            | local_name!("math")
            | local_name!("video")
            | local_name!("audio")
    )
}

/// Elements laid out as blocks.
pub(crate) fn is_block_name(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("address")
            | local_name!("article")
            | local_name!("aside")
            | local_name!("blockquote")
            | local_name!("body")
            | local_name!("center")
            | local_name!("dd")
            | local_name!("details")
            | local_name!("dialog")
            | local_name!("dir")
            | local_name!("div")
            | local_name!("dl")
            | local_name!("dt")
            | local_name!("fieldset")
            | local_name!("figcaption")
            | local_name!("figure")
            | local_name!("footer")
            | local_name!("form")
            | local_name!("frameset")
            | local_name!("h1")
            | local_name!("h2")
            | local_name!("h3")
            | local_name!("h4")
            | local_name!("h5")
            | local_name!("h6")
            | local_name!("header")
            | local_name!("hgroup")
            | local_name!("hr")
            | local_name!("html")
            | local_name!("iframe")
            | local_name!("legend")
            | local_name!("li")
            | local_name!("main")
            | local_name!("menu")
            | local_name!("nav")
            | local_name!("noscript")
            | local_name!("ol")
            | local_name!("p")
            | local_name!("pre")
            | local_name!("section")
            | local_name!("summary")
            | local_name!("table")
            | local_name!("tbody")
            | local_name!("td")
            | local_name!("tfoot")
            | local_name!("th")
            | local_name!("thead")
            | local_name!("tr")
            | local_name!("ul")
            | local_name!("br")
    )
}
