import FastCGI

/// The front end calls these routes from a page of another origin, so that browsers must be told they may (the Fetch
/// standard's CORS protocol). `*` is safe: what a page sends then holds no cookie, and a token only if the page has one.
enum CrossOrigin {
    static let headers: [(name: String, value: String)] = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "ETag, Location, Retry-After"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]

    /// What a browser asks before it sends a token, or what anybody asks with OPTIONS.
    static func preflight(allowing methods: String) -> Response {
        Response(
            status: 204,
            headers: [
                ("Allow", methods), ("Access-Control-Allow-Methods", methods),
                ("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, If-Match, If-None-Match"),
                ("Access-Control-Max-Age", "600"),
            ])
    }
}
