//! Markup for tests: what breaks parsers, by hand and at random.

use proptest::prelude::*;

/// One case or more for every insertion mode and every rule that moves things about.
pub(crate) const TORTURE: &[&str] = &[
    "",
    " ",
    "\n<!-- a -->\n<!doctype html>\n<!-- b -->\n<html>\n<!-- c -->\n<head>\n</head>\n<body>x</body>\n<!-- d -->\n</html>\n<!-- e -->\n",
    "text only",
    "  \n text after space",
    "<p>one<p>two<div>three</p>four</div>",
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\"><p>a<table><tr><td>b",
    "<!DOCTYPE><p>a<table>b",
    "<!doctype html><p>a<table>b</table>c",
    "<html a=1><head b=2><body c=3><html a=9 d=4><body c=9 e=5>x",
    "<head><title>t</title><meta charset=utf-8><link rel=x><style>a{}</style><script>1<2</script></head><body>",
    "<head><noscript><link><style>p{}</style></noscript></head>",
    "<head><noscript><p>x</noscript></head>",
    "<noscript><p>in body</p><img src=x></noscript>",
    "<head></head>\n<script>s</script>\n<style>t</style>\n<p>x",
    "<head></head> <!-- c --> <title>late</title> <body> <title>later</title>",
    "<head></br><p>x",
    "</head><p>x</p></body></html>",
    "<body><p>x</p></body>\n <p>after</p> <!-- a --></html> <!-- b --> <p>again",
    "<body>a</body>b</html>c<!-- d --></body>e",
    "<table><tr><td>a<td>b<tr><td>c</table>",
    "<table><caption>c<tr><td>x</table>",
    "<table><caption><b>c</caption><col><col span=2></colgroup><thead><tr><th>h</thead><tfoot><tr><td>f<tbody><tr><td>b</table>",
    "<table>\n<tr>\n<td>a</td>\n</tr>\n</table>\n",
    "<table> x <tr> y <td>z</td> w </tr> v </table> u",
    "<table>a<!-- c -->b<tr>c<td>d</table>",
    "<div>before<table><div>fostered</div><tr><td>cell</td></tr>text</table>after</div>",
    "<table><b>x<tr><td>y</b>z</table>w",
    "<b><table><td>x</b>y</table>z",
    "<a>1<table><a>2<tr><td><a>3</table>4",
    "<table><table><tr><td>x</table>y",
    "<table><input type=hidden><input><form><tr><td><form>x</form></table></form>",
    "<table><select><option>a<tr><td>b</table>",
    "<table><template><tr><td>a</template><script>x</script><style>y</style></table>",
    "<table><tr><td><table><tr><td>in</td></tr></table></td></tr></table>",
    "<table><colgroup> x<col>y</colgroup>z</table>",
    "<table><colgroup><template>a</template></table>",
    "<td>x</td><tr>y<tbody>z",
    "<select><option>a<option>b<optgroup label=c><option>d</select>e",
    "<select><select>a<input>b",
    "<select><hr><div>x</div><button>y</select>",
    "<option>a<option>b<optgroup>c",
    "<template><div>a</div><tr><td>b</td></tr>text</template>",
    "<template><td>a</td></template><template><col><p>x</template>",
    "<template><template>a</template><form><input></form></template><form>x</form>",
    "<template><b>x</template>y",
    "<template><tr><td><b>x</template>y<i>z",
    "<template>unclosed <p>x",
    "</template><div><template></div>x</template>y",
    "<svg><circle/><g><path d=x></g><foreignObject><p>html</p></foreignObject><title>t<b>x</title></svg>after",
    "<svg viewbox='0 0 1 1' xlink:href=#a xml:lang=en definitionurl=x><lineargradient/></svg>",
    "<svg><![CDATA[a<b>]]>c<![CDATA[]]><!-- d --></svg><![CDATA[e]]>",
    "<svg><p>out<svg><font color=red>x",
    "<svg><script>a<b></b></script><style>c<d></d></style></svg>",
    "<math><mi>a<b>c</b></mi><annotation-xml encoding='text/html'><p>h</p></annotation-xml><annotation-xml><svg></svg><p>out",
    "<math definitionurl=a><mtext><mglyph></mtext><malignmark>x</math>",
    "<svg></p><desc></br>x</svg>",
    "<svg><a><g></a>x</g></svg><form></svg></form>",
    "<frameset><frame><frameset><frame></frameset> x <noframes>n</noframes></frameset> y </html> <!-- z -->",
    "<p><frameset><frame>",
    "<br><frameset>",
    "a<frameset>b",
    "<p>x</p><frameset cols=1>",
    "<b>1<i>2</b>3</i>4",
    "<b>1<p>2</b>3</p>4",
    "<p><b><i>x</p><p>y</i></b>z",
    "<a href=1>one<a href=2>two</a>three",
    "<div><a>x<div><a>y</div>z</div>w",
    "<a><svg><desc><a>x</desc></svg>y</a>",
    "<nobr>1<nobr>2</nobr>3",
    "<b><b><b><b><b>x</p></b></b></b></b></b>y",
    "<p><b><b><b><b>x</p><p>y",
    "<font size=1><font size=2><font size=3>a</font></p>b</font>c",
    "<b><div><div><div>a</b>b</div>c</div>d</div>e",
    "<b><em><i><u><s><p>x</b>y",
    "<i><object>a</i>b</object>c",
    "<div><object><p>a</div>b",
    "<marquee><b>x</marquee>y<applet>z",
    "<select><object><b>x<select>y",
    "<table><object><tr><td>x</table><b>y",
    "<button>a<button>b</button>c<p>d</button>",
    "<form>a<form>b</form>c</form>d",
    "<form><div></form>x</div><form>y",
    "<div><form></div>x<p></form>y</p><form>z</form>",
    "<h1>a<h2>b</h1>c</h2>",
    "<h1>a</h3>b",
    "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>",
    "<dl><dt>a<dd>b<dt>c<div>d<dd>e</dl>",
    "<li>a<p>b<li>c</li>d",
    "<p>a<ul><li>b</ul>c</p>d",
    "<ruby>a<rb>b<rt>c<rtc>d<rp>e<rt>f</ruby>",
    "<pre>\n\na</pre><pre>\r\nb</pre><pre>\rc</pre><listing>\nd</listing><textarea>\n\ne</textarea>",
    "<pre>&#10;a</pre><pre>&#10b</pre><pre><b>\nc</b></pre>",
    "<textarea><p>x</textarea>y",
    "<title>a<b</title>c<title>d",
    "<script>a<!-- <script> b </script> c --></script>d",
    "<script>a<!-- b </script>c",
    "<script>unclosed <p>",
    "<style>unclosed",
    "<textarea>unclosed</textare",
    "<title>x<</title>y",
    "<title>x</<</title>y",
    "<title>x</tit</title>y",
    "<xmp><b>x</b></xmp><noembed><i></noembed><noframes><u></noframes><iframe><p></iframe>",
    "<plaintext><b>x</plaintext>",
    "<p>a</br>b</p>c</p>d",
    "<image src=a><IMG SRC=b><Br/><input type=text/>",
    "<div/>x<p/>y<a/>z",
    "<!--[if IE]><p>x</p><![endif]--><p>y</p><![if !IE]>z<![endif]>",
    "<!-- a --!><!--> <!---> <!-- unclosed",
    "<!x><?php a ?></3 b></><!doctype x><p>y",
    "a<b<c>d</c<e>f",
    "a<<div>>b<<</div>c",
    "a< b<3 </ c",
    "a\0b<p\0q>c\0</p\0q><script>\0</script><table>\0x<tr>\0<td>\0",
    "<svg>\0a</svg>\0",
    "a\rb\r\nc\n\rd<p>\r</p>\r\n<p>\r\n\r\n</p>",
    "a\u{feff}b<p>\u{feff}</p>\u{feff}",
    "<p>\u{feff}",
    "&amp;&ampx&notit;&notin;&#38;&#x26&#xD;&#0;&#128;&;&x;&#;&#x;&a",
    "<a title='&ampx &copy=1 &copy'>&copy=</a>&",
    "<a b=c b=d B=e/f g = 'h' i=\"j\" k>x</a l=m>",
    "<a b='unclosed",
    "<div class=a",
    "<p",
    "<",
    "</",
    "<!",
    "<!doc",
    "<!--",
    "&",
    "&am",
    "&#x",
    "<custom-element><x:y z:w=1></x:y></custom-element>",
    "<p>caf\u{e9} \u{4e2d}\u{6587} \u{1f600}</p><p title='\u{e9}'>\u{e9}</p>",
    "<details><summary>a</summary>b</details><dialog>c</dialog><search>d</search>",
    "<main><article><header><h1>t</h1></header><section>x</section><aside>y</aside></article></main>",
];

const NAMES: &[&str] = &[
    "p",
    "div",
    "b",
    "i",
    "a",
    "span",
    "nobr",
    "font",
    "table",
    "tr",
    "td",
    "tbody",
    "caption",
    "colgroup",
    "col",
    "ul",
    "li",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "form",
    "input",
    "button",
    "select",
    "option",
    "optgroup",
    "template",
    "svg",
    "math",
    "mi",
    "desc",
    "foreignObject",
    "pre",
    "textarea",
    "title",
    "script",
    "style",
    "object",
    "body",
    "html",
    "head",
    "br",
    "img",
    "hr",
    "section",
    "aside",
    "ruby",
    "rt",
    "noscript",
    "frameset",
    "image",
    "em",
    "strong",
    "th",
];

const COMMON: &[&str] = &["p", "div", "b", "a", "table", "tr", "td", "li", "form", "span"];

const TEXTS: &[&str] = &[
    "x", " ", "\n", "ab c", "\r\n", "\r", "&", "amp;", "&amp", ";", "<", "/", "\0", "\u{feff}",
    "é", "&not", "it;", "#", "38;", "a>b",
];

const BITS: &[&str] = &[
    "<!-- c -->",
    "<!x>",
    "<![CDATA[d]]>",
    "</>",
    "<!doctype html>",
    "<p/>",
    "<path/>",
    "<input type=hidden>",
    "<b class=k>",
    "<div id=u class='v w'>",
    "</br>",
    "</p>",
];

fn piece() -> impl Strategy<Value = String> {
    let tag = |names: &'static [&'static str]| {
        (prop::sample::select(names), any::<bool>())
            .prop_map(|(name, end)| format!("<{}{name}>", if end { "/" } else { "" }))
    };
    let element = (prop::sample::select(NAMES), prop::sample::select(TEXTS))
        .prop_map(|(name, text)| format!("<{name}>{text}</{name}>"));
    prop_oneof![
        3 => tag(NAMES),
        3 => tag(COMMON),
        2 => element,
        3 => prop::sample::select(TEXTS).prop_map(String::from),
        1 => prop::sample::select(BITS).prop_map(String::from),
    ]
}

/// Tags, texts and odd bits in any order.
pub(crate) fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat())
}

/// Soup of a few names only, which meet each other all the more.
pub(crate) fn thick_soup() -> impl Strategy<Value = String> {
    let few = (
        prop::sample::subsequence(NAMES, 2..5),
        prop::sample::subsequence(TEXTS, 1..3),
        prop::sample::subsequence(BITS, 0..3),
    );
    few.prop_flat_map(|(names, texts, bits)| {
        let tags = names.iter().flat_map(|name| [format!("<{name}>"), format!("</{name}>")]);
        let others = texts.iter().chain(&bits).map(|other| (*other).to_string());
        let pieces: Vec<String> = tags.chain(others).collect();
        prop::collection::vec(prop::sample::select(pieces), 0..24)
    })
    .prop_map(|pieces| pieces.concat())
}

/// Mostly well-formed markup with a little soup in it.
pub(crate) fn page() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => prop::sample::select(TEXTS).prop_map(String::from),
        1 => piece(),
    ];
    let tree = leaf.prop_recursive(5, 40, 5, |inner| {
        (prop::sample::select(NAMES), prop::collection::vec(inner, 0..5))
            .prop_map(|(name, inner)| format!("<{name}>{}</{name}>", inner.concat()))
    });
    prop::collection::vec(tree, 0..6).prop_map(|trees| trees.concat())
}
