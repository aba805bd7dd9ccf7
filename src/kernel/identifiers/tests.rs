//! The vectors of rules §11.

use super::*;
use IdentifierKind as K;
use time::macros::date;

const TODAY: Date = date!(2026 - 11 - 24);

fn table(kind: K, rows: &[(&str, Result<&str, Fault>)]) {
    for (text, want) in rows {
        let got = check(kind, text, TODAY)
            .map(|c| c.normalised)
            .map_err(|r| r.code);
        assert_eq!(got, want.map(str::to_owned), "{kind:?} {text}");
    }
}

#[test]
fn credit_codes() {
    for code in [
        "91350100M000100Y43",
        "91510116MA6TEXT051",
        "92510116MA6TEXT13Q",
        "93510116MA6TEXT21G",
        "51510116MJQ000007N",
        "52510116MJQ000015E",
        "125101161234567881",
    ] {
        assert_eq!(uscc(code), Ok(code.to_owned()));
        assert_eq!(uscc_warning(code), None, "{code}");
    }
    table(
        K::Uscc,
        &[
            ("91350100M000100Y44", Err(Fault::Check)),
            ("91350100M000100Y4Z", Err(Fault::Charset)),
            ("9151O116MA6TEXT051", Err(Fault::Charset)),
            ("91510116MA6TEXT05", Err(Fault::Length)),
            ("91510116MA6TEXT015", Err(Fault::Check)),
            ("19510116MA6TEXT051", Err(Fault::Check)),
            (
                " ９１３５０１００ｍ０００１００ｙ４３\u{3000}",
                Ok("91350100M000100Y43"),
            ),
            ("000000000000000000", Err(Fault::Shape)),
            ("", Err(Fault::Length)),
            ("统一社会信用代码统一社会信用代码统一", Err(Fault::Charset)),
        ],
    );
}

#[test]
fn the_second_check_of_a_credit_code_only_warns() {
    // Symbol 17 changed from Y to 0, the check symbol made right again.
    let found: Vec<String> = USCC_SYMBOLS
        .iter()
        .map(|s| format!("91350100M0001000{}", *s as char))
        .flat_map(|body| {
            USCC_SYMBOLS
                .iter()
                .map(move |s| format!("{body}{}", *s as char))
        })
        .filter(|code| uscc(code).is_ok())
        .collect();
    assert_eq!(found.len(), 31, "one check symbol for each body");
    assert_eq!(
        found.iter().filter(|c| uscc_warning(c).is_none()).count(),
        1
    );
    assert!(check(K::Uscc, &found[0], TODAY).is_ok());
}

#[test]
fn resident_ids() {
    table(
        K::ResidentId,
        &[
            ("11010519491231002X", Ok("11010519491231002X")),
            ("11010519491231002x", Ok("11010519491231002X")),
            ("440524188001010014", Ok("440524188001010014")),
            ("510116199001010014", Ok("510116199001010014")),
            ("510100198511200031", Ok("510100198511200031")),
            ("510116201202290016", Ok("510116201202290016")),
            ("83000019810715006X", Ok("83000019810715006X")),
            ("110105194912310021", Err(Fault::Check)),
            ("990105194912310023", Err(Fault::Province)),
            ("510116199001010041", Err(Fault::Check)),
            ("510116201102290019", Err(Fault::Date)),
            ("5101161990010100", Err(Fault::Length)),
            ("000000000000000000", Err(Fault::Date)),
            ("51011619900101001A", Err(Fault::Charset)),
            ("X10116199001010014", Err(Fault::Charset)),
            ("公民身份号码公民身份号码公民身份号码", Err(Fault::Charset)),
        ],
    );
    let id = "510116201202290016";
    assert!(resident_id(id, date!(2012 - 02 - 29)).is_ok());
    assert_eq!(
        resident_id(id, date!(2012 - 02 - 28)).map_err(|r| r.code),
        Err(Fault::Date)
    );
}

#[test]
fn telephones() {
    table(
        K::Mobile,
        &[
            ("13800138000", Ok("13800138000")),
            ("+8613800138000", Ok("13800138000")),
            ("86 138-0013-8000", Ok("13800138000")),
            ("１３８００１３８０００", Ok("13800138000")),
            ("12345678901", Err(Fault::Shape)),
            ("1380013800", Err(Fault::Length)),
            ("1380013800a", Err(Fault::Charset)),
            ("", Err(Fault::Length)),
        ],
    );
    table(
        K::Landline,
        &[
            ("028-80000000", Ok("028-80000000")),
            ("02880000000", Ok("028-80000000")),
            ("（028）80000000", Ok("028-80000000")),
            ("0816-2345678", Ok("0816-2345678")),
            ("08162345678", Ok("0816-2345678")),
            ("028-123", Err(Fault::Shape)),
            ("028-8000000", Err(Fault::Shape)),
            ("028-10000000", Err(Fault::Shape)),
            ("80000000", Err(Fault::Shape)),
            ("028-8000000O", Err(Fault::Charset)),
            ("", Err(Fault::Shape)),
        ],
    );
    table(
        K::ServiceNumber,
        &[
            ("4001234567", Ok("400-123-4567")),
            ("800-820-8820", Ok("800-820-8820")),
            ("500-820-8820", Err(Fault::Shape)),
            ("400-123", Err(Fault::Length)),
        ],
    );
    table(
        K::ShortNumber,
        &[
            ("10086", Ok("10086")),
            ("95588", Ok("95588")),
            ("12315", Ok("12315")),
            ("88888", Err(Fault::Shape)),
        ],
    );
    assert_eq!(
        phone("10086").map_err(|r| r.code),
        Err(Fault::Length),
        "not for a complainant"
    );
    for text in ["10086", "400-123-4567", "13800138000", "028-80000000"] {
        assert!(respondent_phone(text).is_ok(), "{text}");
    }
}

#[test]
fn plates() {
    table(
        K::Plate,
        &[
            ("川A12345", Ok("川A12345")),
            ("川a·1234警", Ok("川A1234警")),
            ("川 A D12345", Ok("川AD12345")),
            ("川A12345D", Ok("川A12345D")),
            ("粤Z1234港", Ok("粤Z1234港")),
            ("使224578", Ok("使224578")),
            ("领224578", Ok("领224578")),
            ("WJ川12345", Ok("WJ川12345")),
            ("川A1234I", Err(Fault::Shape)),
            ("川A1234O", Err(Fault::Shape)),
            ("川A123456", Err(Fault::Shape)),
            ("川112345", Err(Fault::Shape)),
            ("国A12345", Err(Fault::Shape)),
            ("川A1警345", Err(Fault::Shape)),
            ("川A123", Err(Fault::Length)),
            ("", Err(Fault::Length)),
        ],
    );
}

#[test]
fn bank_cards() {
    table(
        K::BankCard,
        &[
            ("4111 1111 1111 1111", Ok("4111111111111111")),
            ("6222-0212-3456-7895", Err(Fault::Luhn)),
            ("378282246310005", Ok("378282246310005")),
            ("4111111111111112", Err(Fault::Luhn)),
            ("41111111111111", Err(Fault::Length)),
            ("4111111111111111x", Err(Fault::Charset)),
        ],
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_validator_fail(text in "\\PC{0,24}") {
        for kind in IdentifierKind::ALL {
            if let Ok(good) = check(*kind, &text, TODAY) {
                let again = check(*kind, &good.normalised, TODAY).map(|c| c.normalised);
                assert_eq!(again, Ok(good.normalised));
            }
        }
    }

    #[test]
    fn one_wrong_symbol_of_a_credit_code_is_found(at in 0usize..18, other in 0usize..31) {
        let mut code = *b"91350100M000100Y43";
        let fresh = USCC_SYMBOLS[other];
        proptest::prop_assume!(code[at] != fresh);
        code[at] = fresh;
        assert!(uscc(std::str::from_utf8(&code).unwrap()).is_err());
    }

    #[test]
    fn one_wrong_digit_of_a_resident_id_is_found(at in 0usize..18, other in b'0'..=b'9') {
        let mut id = *b"510116199001010014";
        proptest::prop_assume!(id[at] != other);
        id[at] = other;
        assert!(resident_id(std::str::from_utf8(&id).unwrap(), TODAY).is_err());
    }
}
