//! Labels of figures: enums, each variant with its text.

/// A text per variant, and all variants.
macro_rules! label {
    ($(#[$doc:meta])* $name:ident { $( $(#[$item_doc:meta])* $item:ident = $text:literal ),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( $(#[$item_doc])* $item ),+ }

        impl $name {
            const ALL: &'static [Self] = &[$( Self::$item ),+];

            /// The value of the label.
            pub const fn text(self) -> &'static str {
                match self { $( Self::$item => $text ),+ }
            }
        }
    };
}

pub(super) use label;
