//! HMAC-SHA256 of the raw body: the test vectors of the RFC, then invalid signatures.

use asyncapi_receiver::verify::VerifyError::{Malformed, Mismatch, Missing};
use asyncapi_receiver::verify::{HmacSha256Hex, Secret, SecretError, Verify, VerifyError, sign};
use asyncapi_runtime::Headers;
use proptest::prelude::*;

const HEADER: &str = "X-Signature";

fn secret(bytes: impl Into<Vec<u8>>) -> Secret {
    Secret::new(bytes).expect("not empty")
}

fn verifier<const N: usize>(secrets: [&str; N]) -> HmacSha256Hex {
    HmacSha256Hex::new(HEADER, secrets.map(secret)).expect("at least one")
}

fn signed(signature: impl Into<Vec<u8>>) -> Headers {
    Headers::from_iter([(HEADER, signature.into())])
}

/// RFC 4231, section 4: key, data, HMAC-SHA-256. Without case 5, which tests truncation, because we do not truncate.
fn rfc_4231() -> [(Vec<u8>, Vec<u8>, &'static str); 6] {
    [
        (vec![0x0b; 20], b"Hi There".to_vec(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (vec![0xaa; 20], vec![0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        ((0x01..=0x19).collect(), vec![0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        (
            vec![0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            vec![0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm."
                .to_vec(),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ]
}

#[test]
fn agrees_with_rfc_4231() {
    for (key, data, digest) in rfc_4231() {
        let key = secret(key);
        assert_eq!(sign(&key, &data), digest);
        let verifier = HmacSha256Hex::new(HEADER, [key]).unwrap();
        assert_eq!(verifier.verify(&signed(digest), &data), Ok(()));
        assert_eq!(verifier.verify(&signed(digest.to_uppercase()), &data), Ok(()));
    }
}

#[test]
fn header_names_ignore_case() {
    let headers = Headers::from_iter([("x-SIGNATURE", sign(&secret("a"), b"{}"))]);
    assert_eq!(verifier(["a"]).verify(&headers, b"{}"), Ok(()));
}

#[test]
fn secrets_rotate() {
    let outcome = |verifier: &HmacSha256Hex, key| verifier.verify(&signed(sign(&secret(key), b"{}")), b"{}");
    for (accepted, old, new) in [
        (verifier(["old"]), Ok(()), Err(Mismatch)),
        (HmacSha256Hex::new(HEADER, ["old", "new"].map(secret)).unwrap(), Ok(()), Ok(())),
        (HmacSha256Hex::new(HEADER, ["new", "old"].map(secret)).unwrap(), Ok(()), Ok(())),
        (verifier(["new"]), Err(Mismatch), Ok(())),
    ] {
        assert_eq!((outcome(&accepted, "old"), outcome(&accepted, "new")), (old, new), "{accepted:?}");
        assert_eq!(outcome(&accepted, "other"), Err(Mismatch));
    }
}

#[test]
fn a_malformed_signature_is_refused() {
    let verifier = verifier(["a"]);
    let good = sign(&secret("a"), b"{}");
    let cases: [(&str, VerifyError); 8] = [
        ("", Malformed),
        ("00", Malformed),
        (&good[..62], Malformed),
        (&good[..63], Malformed),
        (&format!("{good}00"), Malformed),
        (&format!("sha256={good}"), Malformed),
        (&format!("{}zz", &good[..62]), Malformed),
        (&"0".repeat(64), Mismatch),
    ];
    for (signature, error) in cases {
        assert_eq!(verifier.verify(&signed(signature), b"{}"), Err(error), "{signature}");
    }
    assert_eq!(verifier.verify(&signed([0xff; 64]), b"{}"), Err(Malformed));
    assert_eq!(verifier.verify(&Headers::new(), b"{}"), Err(Missing));
    assert_eq!(verifier.verify(&Headers::from_iter([("Other", good)]), b"{}"), Err(Missing));
}

#[test]
fn a_second_signature_header_is_refused() {
    let good = sign(&secret("a"), b"{}");
    let twice = Headers::from_iter([(HEADER, good.clone()), ("x-signature", good)]);
    assert_eq!(verifier(["a"]).verify(&twice, b"{}"), Err(Malformed));
}

#[test]
fn verification_needs_a_secret() {
    assert_eq!(Secret::new("").unwrap_err(), SecretError::Empty);
    assert_eq!(HmacSha256Hex::new(HEADER, Vec::<Secret>::new()).unwrap_err(), SecretError::NoneGiven);
}

#[test]
fn secrets_are_not_shown() {
    let shown = format!("{:?} {:?}", secret("hunter2"), verifier(["hunter2"]));
    assert_eq!(shown, r#"Secret(..) HmacSha256Hex { header: "X-Signature", secrets: 1 }"#);
}

proptest! {
    #[test]
    fn only_the_signed_bytes_verify(
        key in prop::collection::vec(any::<u8>(), 1..100),
        body in prop::collection::vec(any::<u8>(), 1..100),
        at in any::<prop::sample::Index>(),
        flip in 1..=255_u8,
    ) {
        let key = secret(key);
        let headers = signed(sign(&key, &body));
        let verifier = HmacSha256Hex::new(HEADER, [key]).unwrap();
        prop_assert_eq!(verifier.verify(&headers, &body), Ok(()));
        let mut forged = body;
        let at = at.index(forged.len());
        forged[at] ^= flip;
        prop_assert_eq!(verifier.verify(&headers, &forged), Err(Mismatch));
    }

    #[test]
    fn any_header_gets_an_answer(signature in prop::collection::vec(any::<u8>(), 0..130)) {
        let outcome = verifier(["a"]).verify(&signed(signature), b"{}");
        prop_assert!(outcome.is_err());
    }
}
