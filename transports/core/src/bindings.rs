//! Bindings of the document.

use asyncapi_runtime::Subscription;

/// Logs a warning for each binding of this protocol that the transport does not apply, so that no setting of the
/// document is ignored in silence. Returns the number of warnings.
///
/// `supported` are the keys below the protocol: `qos` for `mqtt qos`.
pub fn warn_of_unsupported_bindings(subscriptions: &[Subscription], protocol: &str, supported: &[&str]) -> usize {
    let mut warnings = 0;
    for subscription in subscriptions {
        for (name, _) in subscription.bindings() {
            let key = name.strip_prefix(protocol).and_then(|key| key.strip_prefix(' '));
            if key.is_some_and(|key| !supported.contains(&key)) {
                warnings += 1;
                tracing::warn!(channel = subscription.address(), binding = name, "the transport does not apply it");
            }
        }
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bindings_of_the_protocol_that_are_not_supported_are_reported() {
        let bindings = &[("mqtt qos", "1"), ("mqtt retain", "true"), ("kafka partitions", "3")];
        let subscription = Subscription::new("lamps").with_bindings(bindings);
        assert_eq!(warn_of_unsupported_bindings(&[subscription], "mqtt", &["qos"]), 1);
        assert_eq!(warn_of_unsupported_bindings(&[subscription], "mqtt", &["qos", "retain"]), 0);
    }
}
