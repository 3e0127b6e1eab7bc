//! What is read, and how strictly.

use std::path::{Path, PathBuf};

use super::Config;
use crate::diagnostic::Strictness;

/// # The document
impl Config {
    /// Refuses documents with warnings, too.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strictness = Strictness::Strict;
        self
    }

    /// Says which directory references to files must stay in, links followed. Default: the current one, or the document's
    /// own where the document is elsewhere. In the pure API, which reads no files, it says nothing.
    ///
    /// ```
    /// // `spec/orders.yaml` says `$ref: '../../schemas/money.yaml'`, and the schemas are the team's own.
    /// let config = asyncapi_codegen::Config::new().root("..");
    /// ```
    #[must_use]
    pub fn root(mut self, directory: impl Into<PathBuf>) -> Self {
        self.root = Some(directory.into());
        self
    }

    /// Lays an `OpenAPI` Overlay 1.0 over the document before anything else, so that a vendor's file stays as it came and
    /// local corrections stand beside it. Several are laid over the document in the order of the calls. One that `extends`
    /// a file which the document refers to is laid over that file.
    ///
    /// ```no_run
    /// fn main() -> Result<(), asyncapi_codegen::Error> {
    ///     asyncapi_codegen::Config::new().overlay("spec/orders.overlay.yaml").compile("spec/orders.yaml")
    /// }
    /// ```
    ///
    /// The file is read by [`Config::compile`] and [`Config::read`]; what is given as text goes into the source
    /// ([`Source::with_overlay`]). The changes of an overlay are described there and in the specification; beyond it,
    /// lists inside an `update` are appended to the lists that they meet, and a single value can be removed.
    #[cfg(feature = "overlay")]
    #[must_use]
    pub fn overlay(mut self, path: impl Into<PathBuf>) -> Self {
        self.overlays.push(path.into());
        self
    }

    /// Says where the team keeps copies of what is on the network: a reference to a URL that begins with `url` means the
    /// file at `path`, or below it by the rest of the URL. Of several that fit, the longest counts. Nothing is ever fetched.
    /// A relative reference below an `$id` that is a URL means a URL, too: one line maps a whole registry.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .map_url("https://example.com/schemas/", "spec/vendor/")
    ///     .map_url("https://example.com/schemas/order/v2", "spec/order.yaml");
    /// ```
    ///
    /// The path is relative to the current directory, as the document's is, and stays where references must
    /// ([`Source::read`]); in the pure API it is a name given to [`Source::with_file`].
    #[must_use]
    pub fn map_url(mut self, url: impl Into<String>, path: impl AsRef<Path>) -> Self {
        self.urls.insert(url.into(), path.as_ref().display().to_string());
        self
    }
}
