//! Trying alternatives once for each value, without the runtime: as `asyncapi_runtime::choice::tried` does it.

use proc_macro2::TokenStream;
use quote::quote;

/// What remembers what came of the values inside a value, and reads by it.
pub(super) fn once() -> TokenStream {
    quote! {
        #[doc = " What came of the values inside the one that is being read, by their types and texts."]
        #[derive(Default)]
        struct Known {
            depth: usize,
            results: HashMap<(TypeId, String), Result<Box<dyn Any>, String>>,
        }

        std::thread_local! {
            static KNOWN: RefCell<Known> = RefCell::default();
        }

        #[doc = " A value on the way; what is known of those inside it is forgotten with the outermost."]
        struct Attempt;

        impl Drop for Attempt {
            fn drop(&mut self) {
                let done = KNOWN.with_borrow_mut(|known| {
                    known.depth -= 1;
                    (known.depth == 0).then(|| std::mem::take(&mut known.results))
                });
                drop(done);
            }
        }

        #[doc = " Tries alternatives, for each value once, however many alternatives around it are tried."]
        pub(super) fn tried<'de, T: Clone + 'static, D: Deserializer<'de>>(
            deserializer: D,
            best: impl FnOnce(Fitting<T>) -> Result<T, serde_json::Error>,
        ) -> Result<T, D::Error> {
            let value = Value::deserialize(deserializer)?;
            let key = (TypeId::of::<T>(), value.to_string());
            let known = KNOWN.with_borrow_mut(|known| {
                known.depth += 1;
                match known.results.get(&key)? {
                    Ok(read) => read.downcast_ref::<T>().cloned().map(Ok),
                    Err(why) => Some(Err(why.clone())),
                }
            });
            let _attempt = Attempt;
            if let Some(known) = known {
                return known.map_err(D::Error::custom);
            }
            let read = best(Fitting::of(value)).map_err(|error| error.to_string());
            let kept = read.clone().map(|read| Box::new(read) as Box<dyn Any>);
            KNOWN.with_borrow_mut(|known| known.results.insert(key, kept));
            read.map_err(D::Error::custom)
        }
    }
}
