//! What `dehusk rules new` makes of pages as they are found: names shared by several boxes, none at
//! all, places that move, large boxes.

use super::Desk;

/// Text that belongs to nothing that asks.
const MOSS: &str = "Moss grows on the north side of the wheel, and on the stones that lie in the race \
    since the flood. It is green in winter, when the water is high, and brown by the end of summer; \
    whoever looks long enough finds small things living in it, with six legs or with none.";

/// A page of the mill's paper: what stands in `rail` and below the article is what tests look at,
/// with [`MOSS`] for that word.
fn page(rail: &str, below: &str) -> String {
    let story = "<p>The wheel was hung on Tuesday, after four years in a barn, and by noon it \
                 turned as it had for the last miller.</p>\n";
    format!(
        "<!DOCTYPE html>\n<html lang=en><head><title>The mill</title>\n\
         <link rel=canonical href=https://mill.example/wheel></head>\n\
         <body><header><a href=/>The Mill Post</a></header>\n\
         <aside class=rail>{rail}</aside>\n\
         <main><article><h1>The wheel turns again</h1>\n{}{below}</article></main>\n\
         <footer>The Mill Post, Lower Street</footer></body></html>\n",
        story.repeat(6)
    )
    .replace("MOSS", MOSS)
}

/// The line of the rule that says what it finds, its notes, and the page without what it takes.
struct Drafted {
    rule: String,
    notes: String,
    left: String,
}

/// Writes a rule and has it do what a rule should: pass its tests and the strict check, and take
/// the same again from what is left, which is nothing.
fn draft(page: &str, args: &[&str], tests: usize) -> Drafted {
    let desk = Desk::new();
    desk.put("page.html", page);
    let new = [&["rules", "new", "--page", "page.html", "-o", "new.yaml"], args].concat();
    let ran = desk.run(&new);
    assert_eq!(ran.code, 0, "{ran:?}");
    let notes = format!("{}{}", ran.err, ran.out());
    let rule = desk.text("new.yaml");
    let ran = desk.run(&["rules", "test", "new.yaml"]).code(0);
    let sum = format!("1 rule, {tests} tests: {tests} passed, 0 failed\n");
    assert!(ran.out().ends_with(&sum), "{ran:?}\n{rule}");
    let ran = desk.run(&["rules", "check", "--strict", "new.yaml"]).code(0);
    assert_eq!(ran.out(), "1 file: no problems\n", "{rule}");
    let clean = |name: &str| {
        let only = ["--no-builtin-rules", "--rules", "new.yaml", "--all"];
        let args = [&[name, "--url", "https://mill.example/other"][..], &only].concat();
        desk.run(&args).code(0).out().to_string()
    };
    let left = clean("page.html");
    desk.put("left.html", &left);
    assert_eq!(clean("left.html"), left, "{rule}");
    Drafted { rule, notes, left }
}

#[test]
fn boxes_of_one_kind_share_their_name() {
    let boxes: String = (1..=3)
        .map(|n| {
            format!(
                "<div class='related-box wide'><h3>See also</h3><a class=pic href=/tale-{n}>Tale \
                 number {n}</a></div>\n<p>Between the tales {n}.</p>\n"
            )
        })
        .collect();
    let args = ["--containing", "tale number 2", "--category", "recirculation"];
    let drafted = draft(&page("", &boxes), &args, 3);
    assert!(drafted.rule.contains("remove: '.related-box'"), "{}", drafted.rule);
    assert!(drafted.notes.contains("also fits more blocks of this kind on the page: line "));
    assert!(!drafted.left.contains("Tale number") && drafted.left.contains("the tales 3"));
}

#[test]
fn a_name_that_means_other_boxes_too_is_not_shared() {
    let boxes = "<div class=promo-row><p>The mill has a shop, and in it are bags of flour</p></div>\n\
                 <div class=promo-row><form action=/ask><label>Ask the miller</label><input name=q>\
                 <select name=day><option>Monday</select></form><ul><li>One</li></ul></div>\n";
    let args = ["--containing", "bags of flour", "--category", "promotion"];
    let drafted = draft(&page("", boxes), &args, 4);
    assert!(!drafted.left.contains("bags of flour"), "{}", drafted.rule);
    assert!(drafted.left.contains("Ask the miller"), "{}", drafted.rule);
}

#[test]
fn words_where_nothing_has_a_name() {
    let rail = "<div><p>MOSS</p></div><div><p>Our miller grinds for friends of the wheel only</p>\
                </div><div><p>MOSS Rain.</p></div>";
    let args = ["--containing", "grinds for friends", "--category", "donation"];
    let drafted = draft(&page(rail, ""), &args, 4);
    assert!(drafted.rule.contains("phrases: { any: [grinds for friends] }"), "{}", drafted.rule);
    assert!(drafted.notes.contains("so the rule goes by its words"), "{}", drafted.notes);
    assert!(!drafted.left.contains("grinds"), "{}", drafted.left);
    assert!(drafted.left.contains("Moss") && drafted.left.contains("Rain"), "{}", drafted.left);
}

#[test]
fn words_that_stand_in_one_run() {
    // What is given goes over the end of a line, which no phrase does.
    let rail = "<div><p>MOSS</p></div><div><p>Mill</p><p>Three, Lower Street by the weir</p></div>\
                <div><p>MOSS</p></div>";
    let args = ["--containing", "mill three lower street", "--category", "promotion"];
    let drafted = draft(&page(rail, ""), &args, 4);
    assert!(drafted.rule.contains("lower street by the weir"), "{}", drafted.rule);
    assert!(!drafted.left.contains("Three") && drafted.left.contains("Moss"), "{}", drafted.left);
}

#[test]
fn no_place_into_which_the_next_comes() {
    // Nothing but its place tells the second of these, and the third would come into it.
    let rail = "<p>MOSS</p><p>Oats MOSS</p><p>Rain MOSS</p>";
    let desk = Desk::new();
    desk.put("page.html", page(rail, ""));
    let args =
        ["rules", "new", "--page", "page.html", "--containing", "oats moss", "--category", "share"];
    desk.run(&args)
        .code(2)
        .says("nothing in the page tells this block from its neighbours for long");
    // The first is told by what follows it.
    let args = ["--page", "page.html", "--select", ".rail > :first-child", "--category", "share"];
    let ran = desk.run(&[&["rules", "new"], &args[..]].concat());
    assert!(ran.out().contains("remove: '.rail > p:nth-last-of-type(3)'"), "{ran:?}");
}

#[test]
fn numbers_only_where_there_is_no_name() {
    let rail = "<div id=text-4><p>Oats and barley</p></div><div id=text-5><p>MOSS</p></div>";
    let args = ["--containing", "oats", "--category", "recirculation"];
    let drafted = draft(&page(rail, ""), &args, 3);
    assert!(drafted.rule.contains("remove: '#text-4'"), "{}", drafted.rule);
    assert!(drafted.notes.contains("has a number in it"), "{}", drafted.notes);
    let rail = rail.replace("text-4", "post-4");
    let desk = Desk::new();
    desk.put("page.html", page(&rail, ""));
    let args = ["--page", "page.html", "--containing", "oats", "--category", "recirculation"];
    let ran = desk.run(&[&["rules", "new"], &args[..]].concat());
    assert!(!ran.out().contains("#post-4"), "{ran:?}");
}

#[test]
fn the_box_with_a_name_around_the_words() {
    let below = "<section class='promo-strip x9q'><div><div class=t1><p>Do you want flour?</p></div>\
                 <a href=/flour>Yes, bring me some</a></div></section>\n<p>The end.</p>";
    let args = ["--containing", "do you want flour", "--category", "promotion"];
    let drafted = draft(&page("", below), &args, 3);
    assert!(drafted.rule.contains("remove: '.promo-strip'"), "{}", drafted.rule);
    assert!(!drafted.left.contains("bring me some") && drafted.left.contains("The end."));
    assert!(drafted.notes.contains("--also promotion"), "{}", drafted.notes);
}

#[test]
fn names_of_the_category_before_others() {
    let rail = "<div><div class=box-social><p>MOSS</p></div><div class=box-newsletter-form><p>Letters \
                from the weir</p><input type=email></div></div>";
    let args = ["--select", ".rail > div", "--category"];
    let with =
        |category: &str, tests| draft(&page(rail, ""), &[&args[..], &[category]].concat(), tests);
    let rule = with("newsletter", 3).rule;
    assert!(rule.contains("div:has(> .box-newsletter-form)"), "{rule}");
    let rule = with("share", 3).rule;
    assert!(rule.contains("div:has(> .box-social)"), "{rule}");
}

#[test]
fn names_of_layout_are_not_shared() {
    let widgets = "<section class='widget widget_text'><div><p>I made a wheel, and everybody may \
                   turn it on Sundays</p></div></section>\
                   <section class='widget widget_text'><div><p>MOSS</p></div></section>";
    let args = ["--containing", "everybody may turn it", "--category", "promotion"];
    let drafted = draft(&page(widgets, ""), &args, 4);
    assert!(drafted.left.contains("Moss") && !drafted.left.contains("Sundays"), "{}", drafted.rule);
    let list = "<ul><li class='entry wide'><a href=/oats>Oats in May</a></li><li class='entry wide'>\
                <a href=/rye>Rye in June</a></li><li class=wide>MOSS</li></ul>";
    let args = ["--containing", "oats in may", "--category", "recirculation"];
    let drafted = draft(&page(list, ""), &args, 3);
    assert!(drafted.rule.contains("remove: '.entry'"), "{}", drafted.rule);
    assert!(drafted.left.contains("Moss") && !drafted.left.contains("Rye"), "{}", drafted.rule);
}

#[test]
fn teasers_are_not_told_by_where_they_lead() {
    let rail = "<div class=w1><div class=w2><ul class=list-box><li><a href=/oats-in-may>Oats in \
                May</a></li><li><a href=/rye-in-june>Rye in June</a></li></ul></div></div>";
    let args = ["--containing", "Oats in May Rye in June", "--category", "recirculation"];
    let drafted = draft(&page(rail, ""), &args, 3);
    assert!(!drafted.rule.contains("remove: 'div:has(a[href"), "{}", drafted.rule);
    assert!(!drafted.left.contains("Rye in June"), "{}", drafted.left);
}

#[test]
fn a_front_page_of_another_site_is_a_name() {
    let rail = "<p>MOSS</p>\
                <p>Help me <a href='https://www.flourtriage.example/'>triage</a></p><p>MOSS</p>";
    let args = ["--containing", "help me triage", "--category", "share"];
    let drafted = draft(&page(rail, ""), &args, 3);
    assert!(drafted.rule.contains("flourtriage.example"), "{}", drafted.rule);
    assert!(drafted.left.contains("Moss") && !drafted.left.contains("triage"), "{}", drafted.rule);
}

#[test]
fn a_text_in_several_places_comes_with_a_selector_for_each() {
    let desk = Desk::new();
    let form = "<form class=CLASS><p>Letters from the mill, each week, as long as the wheel turns and \
                the miller can write</p><input type=email></form>";
    let rail = form.replace("CLASS", "rail-newsletter");
    let below = form.replace("CLASS", "story-newsletter");
    desk.put("page.html", page(&rail, &below));
    let args = ["rules", "new", "--page", "page.html", "--containing", "letters from the mill"];
    let ran = desk.run(&args).code(2);
    ran.says("line 5:  --select '.rail-newsletter'\n").says("--select '.story-newsletter'");
    let args = ["rules", "new", "--page", "page.html", "--select", ".rail-newsletter"];
    let ran = desk.run(&args);
    assert!(ran.out().contains("remove: '.rail-newsletter'"), "{ran:?}");
}

#[test]
fn a_text_twice_in_a_small_box_means_the_box() {
    let rail = "<div class=shop-teaser><h3>The flour shop</h3><a href=/shop>The flour shop</a></div>\
                <p>MOSS</p>";
    let args = ["--containing", "the flour shop", "--category", "promotion"];
    let drafted = draft(&page(rail, ""), &args, 3);
    assert!(drafted.rule.contains("remove: '.shop-teaser'"), "{}", drafted.rule);
    assert!(!drafted.left.contains("flour shop"));
}

#[test]
fn what_a_page_does_not_show_is_no_name() {
    let rail = "<p>MOSS</p><div><style id=style>p { color: red }</style><p>The miller has flour for \
                all</p></div><p>MOSS</p>";
    let args = ["--containing", "flour for all", "--category", "share"];
    let drafted = draft(&page(rail, ""), &args, 2);
    assert!(!drafted.rule.contains("#style"), "{}", drafted.rule);
}

#[test]
fn a_text_whose_places_are_parts_of_one_block_means_that() {
    let teaser = "<li class=news-teaser><h3><a href=/oats>Oats in May</a></h3><p>Of fields and of \
                  the weather that the miller wished for all winter long.</p><a href=/oats>Oats in \
                  May</a></li>";
    let rail = format!("<ul>{teaser}<li>MOSS</li></ul>");
    let args = ["--containing", "oats in may", "--category", "recirculation"];
    let drafted = draft(&page(&rail, ""), &args, 3);
    assert!(drafted.rule.contains("remove: '.news-teaser'"), "{}", drafted.rule);
    assert!(!drafted.left.contains("weather") && drafted.left.contains("Moss"));
}

#[test]
fn a_large_box_has_tests_that_can_be_read() {
    let rows: String = (1..=60)
        .map(|n| {
            format!(
                "<li class=row><div><a href=/m{n}><b>Mill</b> <i>number {n}</i></a></div></li>\n"
            )
        })
        .collect();
    let below = format!(
        "<div class=support-wall><h2>Friends of the mill</h2><ul>{rows}</ul></div>\n<p>End.</p>"
    );
    let args = ["--select", ".support-wall", "--category", "donation"];
    let drafted = draft(&page("", &below), &args, 3);
    assert!(drafted.rule.lines().count() < 90, "{}", drafted.rule);
}
