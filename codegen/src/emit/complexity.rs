//! How deep the types of an item nest, as clippy counts it. A list of lists of lists of objects is what the document says;
//! an alias for its inside would be a name that nobody gave.

use syn::{
    Fields, GenericArgument, ImplItem, Item, PathArguments, ReturnType, Signature, TraitItem, Type, TypeParamBound,
};

/// Above this, clippy calls a type very complex.
const LIMIT: usize = 250;

/// Whether any type of the item is very complex.
pub(super) fn is_complex(item: &Item) -> bool {
    let fields = |fields: &Fields| fields.iter().any(|field| is_above(&field.ty));
    match item {
        Item::Struct(item) => fields(&item.fields),
        Item::Enum(item) => item.variants.iter().any(|variant| fields(&variant.fields)),
        Item::Fn(item) => signature(&item.sig),
        Item::Impl(item) => {
            item.items.iter().any(|item| matches!(item, ImplItem::Fn(method) if signature(&method.sig)))
        }
        Item::Trait(item) => {
            item.items.iter().any(|item| matches!(item, TraitItem::Fn(method) if signature(&method.sig)))
        }
        _ => false,
    }
}

fn signature(signature: &Signature) -> bool {
    let takes = signature.inputs.iter().any(|input| matches!(input, syn::FnArg::Typed(input) if is_above(&input.ty)));
    takes || matches!(&signature.output, ReturnType::Type(_, ty) if is_above(ty))
}

fn is_above(ty: &Type) -> bool {
    score(ty, 1) > LIMIT
}

fn score(ty: &Type, nest: usize) -> usize {
    match ty {
        Type::Path(ty) => {
            10 * nest + ty.path.segments.iter().map(|part| arguments(&part.arguments, nest + 1)).sum::<usize>()
        }
        Type::Tuple(ty) => 10 * nest + ty.elems.iter().map(|item| score(item, nest + 1)).sum::<usize>(),
        Type::Array(ty) => 10 * nest + score(&ty.elem, nest + 1),
        Type::Slice(ty) => 10 * nest + score(&ty.elem, nest + 1),
        Type::Reference(ty) => nest + score(&ty.elem, nest),
        Type::ImplTrait(ty) => ty
            .bounds
            .iter()
            .map(|bound| match bound {
                TypeParamBound::Trait(bound) => {
                    bound.path.segments.iter().map(|part| arguments(&part.arguments, nest)).sum()
                }
                _ => 0,
            })
            .sum(),
        _ => 0,
    }
}

fn arguments(arguments: &PathArguments, nest: usize) -> usize {
    let PathArguments::AngleBracketed(arguments) = arguments else { return 0 };
    let argument = |argument: &GenericArgument| match argument {
        GenericArgument::Type(ty) => score(ty, nest),
        GenericArgument::AssocType(ty) => score(&ty.ty, nest),
        _ => 0,
    };
    arguments.args.iter().map(argument).sum()
}

#[cfg(test)]
mod tests {
    use super::is_above;

    #[test]
    fn three_lists_of_objects_are_too_many() {
        let is_above = |ty: &str| is_above(&syn::parse_str(ty).expect("a type"));
        assert!(!is_above("Option<Vec<Vec<Map<String, Value>>>>"));
        assert!(is_above("Option<Vec<Vec<Vec<Map<String, Value>>>>>"));
        assert!(!is_above("impl Future<Output = Result<Vec<Vec<String>>, HandlerError>> + Send"));
    }
}
