//! What one operation may ask for: each limit by its name, its setting, its bound.

use crate::error::Limit;

macro_rules! limits {
    ($($(#[$doc:meta])* $constant:ident = $name:literal, $setting:literal, $what:literal;)+) => {
        $($(#[$doc])* pub(super) const $constant: Limit = Limit {
            name: $name,
            setting: $setting,
            what: $what,
        };)+
    };
}

limits! {
    /// Nesting of fields.
    DEPTH = "depth", "max_depth", "levels of fields";
    /// Fields, lists counted by their sizes.
    COMPLEXITY = "complexity", "max_complexity", "units of complexity";
    /// Fields with fragments written out.
    FIELDS = "fields", "max_fields", "fields, fragments written out,";
    /// Words and signs of a document.
    TOKENS = "tokens", "max_tokens", "tokens in a document";
    /// Renamed fields.
    ALIASES = "aliases", "max_aliases", "aliases";
    /// Fields of the root.
    ROOT_FIELDS = "root_fields", "max_root_fields", "root fields";
    /// Directives.
    DIRECTIVES = "directives", "max_directives", "directives";
    /// Fragments of a document.
    FRAGMENTS = "fragments", "max_fragments", "fragments in a document";
    /// Items of one list among the arguments.
    LIST_ITEMS = "list_items", "max_list_items", "items in one list of an input";
    /// Nesting of what variables hold.
    VARIABLES_DEPTH = "variables_depth", "max_variables_depth", "levels in a variable";
}

/// The bounds of one operation.
#[derive(Clone, Copy, Debug)]
pub struct OperationLimits {
    /// Bound of `DEPTH`.
    pub depth: usize,
    /// Bound of `COMPLEXITY`.
    pub complexity: usize,
    /// Bound of `FIELDS`.
    pub fields: usize,
    /// Bound of `TOKENS`.
    pub tokens: usize,
    /// Bound of `ALIASES`.
    pub aliases: usize,
    /// Bound of `ROOT_FIELDS`.
    pub root_fields: usize,
    /// Bound of `DIRECTIVES`.
    pub directives: usize,
    /// Bound of `FRAGMENTS`.
    pub fragments: usize,
    /// Bound of `LIST_ITEMS`.
    pub list_items: usize,
    /// Bound of `VARIABLES_DEPTH`.
    pub variables_depth: usize,
    /// Whether the schema may be asked for.
    pub introspection: bool,
}

impl OperationLimits {
    /// Refuses nothing but what could not be read.
    pub const NONE: Self = Self {
        depth: usize::MAX,
        complexity: usize::MAX,
        fields: 1_000_000,
        tokens: usize::MAX,
        aliases: usize::MAX,
        root_fields: usize::MAX,
        directives: usize::MAX,
        fragments: usize::MAX,
        list_items: usize::MAX,
        variables_depth: usize::MAX,
        introspection: true,
    };
}
