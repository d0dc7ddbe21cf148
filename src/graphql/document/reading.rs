//! What an operation is made of, with its fragments written out.

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Positioned, Value};

use super::limits::{ALIASES, DEPTH, DIRECTIVES, FIELDS, LIST_ITEMS, OperationLimits, ROOT_FIELDS};
use super::values::longest_list;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::graphql::field_order::FieldOrder;

/// Levels of selection sets, fragments among them; the parser allows fewer in one.
const MOST_LEVELS: usize = 64;

/// One operation of a document.
#[derive(Debug)]
pub struct Reading {
    /// What it is.
    pub kind: OperationType,
    /// The order of its answer's fields.
    pub order: FieldOrder,
    aliases: usize,
    directives: usize,
    root_fields: usize,
    longest_list: usize,
    introspects: bool,
}

impl Reading {
    /// Refuses what has more of something than the limits let pass.
    pub(super) fn check(&self, limits: &OperationLimits) -> AppResult<()> {
        ALIASES.check(limits.aliases, self.aliases)?;
        DIRECTIVES.check(limits.directives, self.directives)?;
        ROOT_FIELDS.check(limits.root_fields, self.root_fields)?;
        LIST_ITEMS.check(limits.list_items, self.longest_list)?;
        if self.introspects && !limits.introspection {
            return Err(AppError::new(
                ErrorCode::Forbidden,
                "this server does not show its schema (--introspection); it is in the manual",
            ));
        }
        Ok(())
    }
}

/// Reads documents that nobody has checked yet: fragments may multiply, or spread
/// themselves. What it may read is bounded for all operations of a document together.
pub(super) struct Reader<'d> {
    document: &'d ExecutableDocument,
    limits: &'d OperationLimits,
    fields_left: usize,
    /// Fragments that are being written out.
    within: Vec<&'d Name>,
    reading: Reading,
}

impl<'d> Reader<'d> {
    pub(super) const fn new(document: &'d ExecutableDocument, limits: &'d OperationLimits) -> Self {
        Self {
            document,
            limits,
            fields_left: limits.fields,
            within: Vec::new(),
            reading: Reading::nothing(OperationType::Query),
        }
    }

    /// Reads one of the document's operations.
    pub(super) fn read(&mut self, operation: &'d OperationDefinition) -> AppResult<Reading> {
        self.reading = Reading::nothing(operation.ty);
        let mut order = FieldOrder::default();
        self.directives(&operation.directives)?;
        self.set(&operation.selection_set.node, &mut order, 0)?;
        self.reading.root_fields = order.len();
        let read = std::mem::replace(&mut self.reading, Reading::nothing(operation.ty));
        Ok(Reading { order, ..read })
    }

    /// Adds a selection set to `order`; several may stand for the same object.
    fn set(
        &mut self,
        set: &'d SelectionSet,
        order: &mut FieldOrder,
        level: usize,
    ) -> AppResult<()> {
        if level > MOST_LEVELS {
            return Err(DEPTH.passed(self.limits.depth).into());
        }
        let below = level.saturating_add(1);
        for selection in &set.items {
            self.fields_left = self
                .fields_left
                .checked_sub(1)
                .ok_or_else(|| FIELDS.passed(self.limits.fields))?;
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, order, below)?,
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.node.directives)?;
                    self.set(&fragment.node.selection_set.node, order, below)?;
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives)?;
                    self.spread(&spread.node.fragment_name.node, order, below)?;
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &'d Field, order: &mut FieldOrder, level: usize) -> AppResult<()> {
        self.directives(&field.directives)?;
        // At the root only; elsewhere there is no such field.
        if matches!(field.name.node.as_str(), "__schema" | "__type") {
            self.reading.introspects = true;
        }
        if field.alias.is_some() {
            self.reading.aliases = self.reading.aliases.saturating_add(1);
        }
        for (_, value) in &field.arguments {
            let value = value.node.clone();
            // What variables hold is looked at when they come.
            let written = value.into_const_with(|_| Ok::<_, std::convert::Infallible>(Value::Null));
            let longest = written.map_or(0, |value| longest_list(&value));
            self.reading.longest_list = self.reading.longest_list.max(longest);
        }
        let below = order.below(&field.response_key().node);
        self.set(&field.selection_set.node, below, level)
    }

    fn spread(&mut self, name: &'d Name, order: &mut FieldOrder, level: usize) -> AppResult<()> {
        // One that is not there is for the validation to name.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(());
        };
        if self.within.contains(&name) {
            return Err(AppError::new(
                ErrorCode::GraphqlInvalid,
                format!("the fragment {name} spreads itself"),
            ));
        }
        self.within.push(name);
        self.set(&fragment.node.selection_set.node, order, level)?;
        self.within.pop();
        Ok(())
    }

    fn directives(&mut self, here: &[Positioned<Directive>]) -> AppResult<()> {
        self.reading.directives = self.reading.directives.saturating_add(here.len());
        DIRECTIVES.check(self.limits.directives, self.reading.directives)?;
        Ok(())
    }
}

impl Reading {
    const fn nothing(kind: OperationType) -> Self {
        Self {
            kind,
            order: FieldOrder::new(),
            aliases: 0,
            directives: 0,
            root_fields: 0,
            longest_list: 0,
            introspects: false,
        }
    }
}
