//! Amounts of money and bank accounts in text.

/// The number of amounts of money in `text`: a number beside a currency's sign or name.
pub(crate) fn amounts(text: &str) -> u32 {
    const SIGNS: [char; 16] =
        ['$', '€', '£', '¥', '₽', '₴', '₺', '₩', '₹', '₫', '￥', '₱', '₦', '₪', '₸', '฿'];
    const NAMES: [&str; 50] = [
        "eur",
        "euro",
        "euros",
        "usd",
        "gbp",
        "chf",
        "kr",
        "zł",
        "zl",
        "pln",
        "kč",
        "kc",
        "czk",
        "ft",
        "huf",
        "lei",
        "ron",
        "tl",
        "rub",
        "руб",
        "рублей",
        "грн",
        "円",
        "元",
        "dollar",
        "dollars",
        "pounds",
        "francs",
        "reais",
        "euroa",
        "eurolla",
        "ευρώ",
        "kroner",
        "kronor",
        "korun",
        "złotych",
        "zlotych",
        "forint",
        "forintot",
        "евро",
        "рубля",
        "гривень",
        "лв",
        "тг",
        "دولار",
        "ريال",
        "ريالا",
        "جنيه",
        "درهم",
        "sek",
    ];
    let mut count = 0;
    let mut chars = text.char_indices().peekable();
    let mut before = ' ';
    let mut before_that = ' ';
    while let Some((start, c)) = chars.next() {
        if c.is_ascii_digit() {
            let mut end = start + 1;
            while let Some((at, next)) = chars.peek().copied() {
                if next.is_ascii_digit() || matches!(next, '.' | ',') {
                    end = at + 1;
                    chars.next();
                } else {
                    break;
                }
            }
            let signed = SIGNS.contains(&before) || (before == ' ' && SIGNS.contains(&before_that));
            let rest = text[end..].trim_start_matches([' ', '\u{a0}', '\u{202f}', '-', '–']);
            let worded = rest.starts_with(char::is_alphabetic);
            let named = SIGNS.iter().any(|sign| rest.starts_with(*sign))
                || worded && {
                    let word: String =
                        rest.chars().take_while(|c| c.is_alphabetic()).take(8).collect();
                    NAMES.contains(&word.to_lowercase().as_str())
                        || rest.starts_with('円')
                        || rest.starts_with('元')
                        || rest.starts_with('원')
                };
            if signed || named {
                count += 1;
            }
            before_that = ' ';
            before = '0';
        } else {
            before_that = before;
            before = c;
        }
    }
    count
}

/// The number of accounts in `text` to which money can be sent: IBANs, and addresses of
/// cryptocurrencies.
pub(crate) fn accounts(text: &str) -> u32 {
    ibans(text) + coin_addresses(text)
}

/// The number of addresses of Bitcoin, Monero and Ethereum in `text`.
fn coin_addresses(text: &str) -> u32 {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| is_coin_address(word)).count() as u32
}

/// Bitcoin: bech32 (BIP 173: at most 90 characters, the shortest in use 42), or Base58, which
/// begins with 1 or 3 and has 26 to 35 characters. Monero: Base58 of 95 that begins with 4 or 8.
/// Ethereum: 40 hexadecimal digits.
fn is_coin_address(word: &str) -> bool {
    if let Some(rest) = word.strip_prefix("bc1") {
        return (39..=87).contains(&rest.len()) && rest.bytes().any(|b| b.is_ascii_digit());
    }
    if let Some(rest) = word.strip_prefix("0x") {
        return rest.len() == 40 && rest.bytes().all(|b| b.is_ascii_hexdigit());
    }
    match word.as_bytes() {
        [b'1' | b'3', rest @ ..] => (25..=34).contains(&rest.len()) && is_base58(rest),
        [b'4' | b'8', rest @ ..] => rest.len() == 94 && is_base58(rest),
        _ => false,
    }
}

/// Whether these are digits, capital and small letters, all three, without those that look alike.
fn is_base58(bytes: &[u8]) -> bool {
    let any = |is: fn(&u8) -> bool| bytes.iter().any(is);
    any(u8::is_ascii_digit)
        && any(u8::is_ascii_uppercase)
        && any(u8::is_ascii_lowercase)
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() && !b"0OIl".contains(b))
}

/// The shortest and longest IBAN in use (ISO 13616 registry: Norway 15, Malta 31, at most 34).
const IBAN_CHARS: std::ops::RangeInclusive<usize> = 15..=34;

/// The number of IBANs with a right checksum in `text`, written with or without spaces.
fn ibans(text: &str) -> u32 {
    let is_head = |head: &[u8]| {
        head[..2].iter().all(u8::is_ascii_uppercase) && head[2..].iter().all(u8::is_ascii_digit)
    };
    if !text.as_bytes().windows(4).any(is_head) {
        return 0;
    }
    let mut count = 0;
    let words: Vec<&str> = text.split_whitespace().collect();
    for (i, word) in words.iter().enumerate() {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let head = word.as_bytes();
        if !head.get(..4).is_some_and(is_head) {
            continue;
        }
        let mut account = String::new();
        for group in words[i..].iter().take(10) {
            let group = group.trim_end_matches(['.', ',', ';', ')']);
            if !group.chars().all(|c| c.is_ascii_alphanumeric()) || account.len() > 34 {
                break;
            }
            account.push_str(group);
            if IBAN_CHARS.contains(&account.len()) && has_iban_checksum(&account) {
                count += 1;
                break;
            }
        }
    }
    count
}

/// ISO 7064 MOD 97-10 over the account with its first four characters put behind it.
fn has_iban_checksum(account: &str) -> bool {
    let (head, tail) = account.split_at(4);
    let mut rest = 0;
    for c in tail.chars().chain(head.chars()) {
        let Some(digit) = c.to_digit(36) else { return false };
        rest = if digit < 10 { rest * 10 + digit } else { rest * 100 + digit } % 97;
    }
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money() {
        assert_eq!(amounts("$5 or 10 € a month, 25,50 EUR, 100 zł, 500円"), 5);
        assert_eq!(amounts("R$ 10, 20 dollars, 10 ευρώ, ₪30, 50 ريالا"), 5);
        assert_eq!(amounts("in 2024, 3 of 10 people"), 0);
    }

    #[test]
    fn places_to_pay() {
        assert_eq!(ibans("IBAN: DE89 3704 0044 0532 0130 00, BIC: X"), 1);
        assert_eq!(ibans("GB82WEST12345698765432."), 1);
        assert_eq!(ibans("DE89 3704 0044 0532 0130 01"), 0);
        assert_eq!(accounts("BTC: bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq."), 1);
        assert_eq!(accounts("ETH 0x00000000219ab540356cBB839Cbe05303d7705Fa"), 1);
        assert_eq!(accounts("bc1 and 0x00000000219ab540356cBB839Cbe05303d7705"), 0);
        assert_eq!(accounts("Bitcoin: 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"), 1);
        assert_eq!(accounts("No 1234567890123456789012345678, 1A1zP1eP5QGefi2DMPTf"), 0);
        let monero = format!("4{}", "8Ab".repeat(32).split_at(94).0);
        assert_eq!(accounts(&monero), 1);
        assert_eq!(accounts(&monero[..90]), 0);
    }
}
