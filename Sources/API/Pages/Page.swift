import Crypto
import FastCGI
import FoundationEssentials

/// A page for a person in a browser: no scripts, no images, nothing loaded from anywhere.
struct Page {
    let title: String
    let content: HTML

    func response(status: Int) -> Response {
        Response(status: status, contentType: "text/html; charset=utf-8", body: Array(document.text.utf8))
    }

    /// What every answer of the browser's way carries (`ErrorFamily.completed`), redirects too.
    static let headers: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src '\(Page.styleHash)'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        // The address of the callback holds the code and the state.
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    ]

    private var document: HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title)</title>
        <style>\(HTML(stringLiteral: Page.style))</style>
        </head>
        <body>
        <main>
        <h1>\(title)</h1>
        \(content)
        </main>
        </body>
        </html>

        """
    }

    /// Light and dark by the reader's own setting; both with a contrast of 7:1 or more.
    private static let style = """
        :root{color-scheme:light dark}
        body{margin:0;font:1.0625rem/1.6 system-ui,sans-serif;color:#1a1f36;background:#f6f8fa}
        main{max-width:34rem;margin:0 auto;padding:3rem 1.25rem;overflow-wrap:anywhere}
        h1{font-size:1.5rem;line-height:1.3;margin:0 0 1rem}
        p{margin:0 0 1rem}
        .notice{border-left:.25rem solid #8792a2;padding:.25rem 0 .25rem 1rem}
        .good{border-color:#09825d}
        .bad{border-color:#c0123c}
        .button{display:inline-block;padding:.75rem 1.5rem;border-radius:.375rem;background:#4b32c3;color:#fff;\
        font-weight:600;text-decoration:none}
        .button:hover{background:#37239b}
        a{color:#3b25a8}
        a:focus-visible{outline:.1875rem solid #0570de;outline-offset:.1875rem}
        @media (prefers-color-scheme:dark){
        body{color:#f0f2f5;background:#14171f}
        a{color:#b9adff}
        .button{background:#c9c0ff;color:#14171f}
        .button:hover{background:#e3deff}
        .good{border-color:#3ecf8e}
        .bad{border-color:#ff8098}
        a:focus-visible{outline-color:#7cc4ff}
        }
        """

    /// The one style the policy allows, by its hash (CSP level 3, section 2.3.1).
    private static let styleHash = "sha256-" + Data(SHA256.hash(data: Array(style.utf8))).base64EncodedString()
}
