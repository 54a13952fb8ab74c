declare const brand: unique symbol;

/** A value of type `T` that only the parser of `Name` can make: parse, don't validate. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };
