//! What `dehusk rules new` makes of pages as they are found: names shared by several boxes, none at
//! all, places that move, large boxes.

use super::Desk;

/// A page of the mill's paper: what stands in `rail` and below the article is what tests look at.
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
    let rail = "<div><p>Moss is green.</p></div><div><p>Our miller grinds for friends of the wheel \
                only</p></div><div><p>Rain is wet.</p></div>";
    let args = ["--containing", "grinds for friends", "--category", "donation"];
    let drafted = draft(&page(rail, ""), &args, 4);
    assert!(drafted.rule.contains("phrases: { any: [grinds for friends] }"), "{}", drafted.rule);
    assert!(drafted.notes.contains("so the rule goes by its words"), "{}", drafted.notes);
    assert!(!drafted.left.contains("grinds"), "{}", drafted.left);
    assert!(drafted.left.contains("Moss") && drafted.left.contains("Rain"), "{}", drafted.left);
}

#[test]
fn no_place_into_which_the_next_comes() {
    // Nothing but its place tells the second of these, and the third would come into it.
    let rail = "<p>Moss</p><p>Oats</p><p>Rain</p>";
    let desk = Desk::new();
    desk.put("page.html", page(rail, ""));
    let args =
        ["rules", "new", "--page", "page.html", "--containing", "oats", "--category", "share"];
    desk.run(&args)
        .code(2)
        .says("nothing in the page tells this block from its neighbours for long");
    // The first is told by what follows it.
    let args = ["--page", "page.html", "--containing", "moss", "--category", "share"];
    let ran = desk.run(&[&["rules", "new"], &args[..]].concat());
    assert!(ran.out().contains("remove: '.rail > p:nth-last-of-type(3)'"), "{ran:?}");
}

#[test]
fn numbers_only_where_there_is_no_name() {
    let rail =
        "<div id=text-4><p>Oats and barley</p></div><div id=text-5><p>Rye and barley</p></div>";
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
    let rail = "<p>Moss is green and grows by the wheel</p>\
                <p>Help me: <a href='https://www.flourtriage.example/'>triage</a></p>";
    let args = ["--containing", "help me triage", "--category", "share"];
    let drafted = draft(&page(rail, ""), &args, 3);
    assert!(drafted.rule.contains("flourtriage.example"), "{}", drafted.rule);
    assert!(drafted.left.contains("Moss") && !drafted.left.contains("triage"));
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
    ran.says("line 5:  --select '.rail-newsletter'\n");
    ran.says("--select '.story-newsletter'");
    let args = ["rules", "new", "--page", "page.html", "--select", ".rail-newsletter"];
    let ran = desk.run(&args).code(0);
    assert!(ran.out().contains("remove: '.rail-newsletter'"), "{ran:?}");
}

#[test]
fn a_text_twice_in_a_small_box_means_the_box() {
    let rail = "<div class=shop-teaser><h3>The flour shop</h3><a href=/shop>The flour shop</a></div>\
                <p>Moss</p>";
    let args = ["--containing", "the flour shop", "--category", "promotion"];
    let drafted = draft(&page(rail, ""), &args, 3);
    assert!(drafted.rule.contains("remove: '.shop-teaser'"), "{}", drafted.rule);
    assert!(!drafted.left.contains("flour shop"));
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
