//! A page that tries to run, to load, to leave and to break out, each in its own way.

/// What loads something: `{}` stands for an address of its own.
const LOADS: &[&str] = &[
    "<img src='{}'>",
    "<img srcset='{} 1x'>",
    "<picture><source srcset='{}'><img></picture>",
    "<input type=image src='{}'>",
    "<body background='{}'>",
    "<table background='{}'><tr><td>x</table>",
    "<link rel=stylesheet href='{}'>",
    "<link rel=icon href='{}'>",
    "<link rel=preload as=image href='{}'>",
    "<link rel=prefetch href='{}'>",
    "<link rel=modulepreload href='{}'>",
    "<link rel=preconnect href='{}'>",
    "<link rel=manifest href='{}'>",
    "<iframe src='{}'></iframe>",
    "<iframe srcdoc='<img src={}>'></iframe>",
    "<object data='{}'></object>",
    "<embed src='{}'>",
    "<video src='{}' autoplay muted></video>",
    "<video poster='{}'></video>",
    "<audio src='{}' autoplay></audio>",
    "<video><track src='{}' default></video>",
    "<script src='{}'></script>",
    "<script type=module>import '{}'</script>",
    "<script>fetch('{}')</script>",
    "<script>new Image().src='{}'</script>",
    "<script>navigator.sendBeacon('{}')</script>",
    "<style>@import '{}';</style>",
    "<style>@\\69mport url({});</style>",
    "<style>body{background:url({})}</style>",
    "<style>body{background:\\75\\72l({})}</style>",
    "<style>@font-face{font-family:f;src:url({})}p{font-family:f}</style><p>font</p>",
    "<style>p::before{content:url('{}')}</style><p>before</p>",
    "<style>ul{list-style-image:image-set('{}' 1x)}</style><ul><li>x</ul>",
    "<p style='background:url({})'>x</p>",
    "<p style='background:-webkit-image-set(\"{}\" 1x)'>x</p>",
    "<p style='--x:url({});background:var(--x)'>x</p>",
    "<p style='cursor:url({}),auto'>x</p>",
    "<svg><image href='{}' width=9 height=9 /></svg>",
    "<svg><image xlink:href='{}' width=9 height=9 /></svg>",
    "<svg><use href='{}#a' /></svg>",
    "<svg><filter id=f><feImage href='{}' /></filter><rect width=9 height=9 filter='url(#f)'/></svg>",
    "<svg><style>rect{fill:url({})}</style><rect width=9 height=9 /></svg>",
    "<svg><rect width=9 height=9 fill='url({}#a)'/></svg>",
    "<svg><foreignObject><img src='{}'></foreignObject></svg>",
    "<math><mtext><img src='{}'></mtext></math>",
    "<noscript><img src='{}'></noscript>",
    "<img src=x onerror=\"this.onerror=null;this.src='{}'\">",
    "<img src='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"{}\"/></svg>'>",
    "<meta http-equiv=refresh content='9;url={}'>",
];

/// What runs, asks, leaves or breaks out. A mark is left in the title, or by a dialog.
const RUNS: &[&str] = &[
    "<script>document.title='ran';top.document.title='ran';parent.document.title='ran'</script>",
    "<img src=x onerror=\"top.document.title='ran'\">",
    "<svg onload=\"top.document.title='ran'\"></svg>",
    "<svg><script>top.document.title='ran'</script></svg>",
    "<svg><a><animate attributeName=href to=\"javascript:top.document.title='ran'\"/><text>x</text></a></svg>",
    "<svg><set attributeName=onmouseover to=\"top.document.title='ran'\"/></svg>",
    "<details open ontoggle=\"top.document.title='ran'\">x</details>",
    "<input autofocus onfocus=\"top.document.title='ran'\">",
    "<marquee onstart=\"top.document.title='ran'\">x</marquee>",
    "<style onload=\"top.document.title='ran'\"></style>",
    "<p style='animation:a 1s' onanimationstart=\"top.document.title='ran'\">x</p>",
    "<iframe srcdoc=\"<script>top.document.title='ran'</script>\"></iframe>",
    "<iframe src=\"javascript:top.document.title='ran'\"></iframe>",
    "<object data=\"data:text/html,<script>top.document.title='ran'</script>\"></object>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=top.document.title='ran'&gt;\">",
    "<noscript><p title=\"</noscript><img src=x onerror=top.document.title='ran'>\"></noscript>",
    "<svg><style><img title='</style><img src=x onerror=top.document.title=1>'></style></svg>",
    "<textarea></textarea><script>top.document.title='ran'</script>",
    "<p title='\"></iframe><script>document.title=\"ran\"</script>'>x</p>",
    "<p>&quot;&gt;&lt;/iframe&gt;&lt;script&gt;document.title='ran'&lt;/script&gt;</p>",
    "<!-- --!><script>document.title='ran'</script> -->",
    "<xmp></iframe></xmp><plaintext-x></plaintext-x>",
    "<template><script>top.document.title='ran'</script></template>",
    "<base href='http://127.0.0.1:9/' target=_top>",
    "<form name=querySelectorAll><input name=closest id=closest><input name=getAttribute id=getAttribute></form>",
    "<img name=body><img name=addEventListener><form id=x><input name=attributes id=attributes></form>",
    "<dialog open>x</dialog><p contenteditable accesskey=j popover=manual>x</p>",
    "<style>[data-dehusk]{display:none!important}*{outline:0!important}</style>",
    "<p data-dehusk='1' data-dehusk-cat='donation' id=dehusk-now>forged</p>",
];

/// Ways to leave, each a click away.
const LEAVES: &[&str] = &[
    "<a id=leave1 href='{}'>away</a>",
    "<a id=leave2 href='{}' target=_top>away</a>",
    "<a id=leave3 href='{}' target=_blank ping='{}'>away</a>",
    "<a id=leave4 href=\"javascript:top.document.title='ran'\">away</a>",
    "<form action='{}'><button id=leave5>go</button></form>",
    "<form><button id=leave6 formaction='{}'>go</button></form>",
    "<form action='{}' target=_top><input id=leave7 type=submit></form>",
    "<a id=leave8 href='{}' download>away</a>",
    "<button id=leave9 onclick=\"alert('ran')\">go</button>",
];

/// How many ways to leave there are.
pub(crate) const WAYS_OUT: usize = LEAVES.len();

/// How many ways to load there are.
pub(crate) const WAYS_IN: usize = LOADS.len();

/// The page, whose addresses lead to `port`. Between its tricks stands what is cut.
pub(crate) fn page(port: u16) -> String {
    let mut number = 0;
    let mut filled = |trick: &str| {
        number += 1;
        trick.replace("{}", &format!("http://127.0.0.1:{port}/{number}"))
    };
    let loads: Vec<String> = LOADS.iter().map(|trick| filled(trick)).collect();
    let leaves: Vec<String> = LEAVES.iter().map(|trick| filled(trick)).collect();
    format!(
        "<!DOCTYPE html><html onclick=\"top.document.title='ran'\"><head><title>Untouched</title>\
         </head><body onload=\"top.document.title='ran'\">\n<h1>The mill</h1>\n\
         <p>It was built in 1802, and ground corn for three villages until the railway came.</p>\n\
         {}\n<form><p>Sign up for our newsletter \u{202e}gnp.exe\u{1b}[31m</p><input type=email>\
         <button>Subscribe</button></form>\n{}\n{}\n\
         <p>It stood empty for a century, and the wheel fell into the race.</p></body></html>\n",
        leaves.join("\n"),
        RUNS.join("\n"),
        loads.join("\n"),
    )
}
