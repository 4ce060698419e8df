/// What `fake-stripe --help` says.
enum Manual {
    static let text = """
        fake-stripe [--port N]

        A stand-in for Stripe on 127.0.0.1, plain HTTP, for tests and the demo. Port 0, the default, lets the system
        choose; the first line printed is "fake-stripe listening on 127.0.0.1:PORT". State is kept in memory only.

        OAuth
          GET  /oauth/authorize     a page with two buttons, Connect and Deny, that lead back to redirect_uri
          POST /oauth/token         the answer depends on the code:
            ac_ok, ac_ok…           connected; account acct_USER, or acct_USER and the rest's letters and digits
            ac_ok_acct_X, …_X-any   connected; account acct_X (a dash ends the name)
            ac_minimal…             connected; only token_type, scope, livemode, stripe_user_id
            ac_live…                connected; livemode true, whatever the key is
            ac_noaccount…           200 without stripe_user_id
            ac_utf8…                400 invalid_grant with a description beyond ASCII
            ac_slow_N, ac_slow_N_…  connected after N milliseconds
            ac_used…                400 invalid_grant, "Authorization code already used: CODE"
            ac_expired… ac_unknown… 400 invalid_grant
            ac_nodesc…              400 invalid_grant without a description
            ac_object_error…        401 with an object as error: the platform's key is wrong
            ac_api_error…           500 with an object as error
            ac_429… ac_patience…    429; 400 with "Too many attempts. Please try again later."
            ac_html…                502 with HTML
            ac_notjson… ac_huge…    200 with text; 200 with 200 KB
            ac_close… ac_half…      closes without an answer; in the middle of one
            ac_silent…              never answers
            any other code          connected, as ac_ok…
          A code that led to an account, or might have, is spent: a second use answers invalid_grant and revokes the
          account. The key counts as wrong when it does not begin with sk_ or rk_, or contains WRONG.
          POST /oauth/deauthorize   401 invalid_client for an account that is not connected

        Payments (Stripe-Account and a key are required)
          POST /v1/payment_intents  the outcome of confirm=true depends on the payment method:
            pm_decline, pm_decline_CODE    402 card_error; decline_code generic_decline or CODE
            pm_authentication_required     402 card_error of that code
            pm_processing, pm_requires_action
            pm_429, pm_500                 nothing is charged; the 500 is stored for its key
            pm_429_once                    429 the first time for its key, then charged
            pm_close_before                closes without doing anything
            pm_close_after, pm_silent      charges, then closes, or never answers; a repetition gets the stored answer
            pm_500_after                   charges, then answers 500; the 500 is stored for its key
            pm_slow_N                      charges after N milliseconds
            pm_refund_pending, pm_refund_failed    charged; its refunds end in that status
            any other                      charged: requires_capture (manual) or succeeded (automatic)
          GET  /v1/payment_intents, /v1/payment_intents/ID
          POST /v1/payment_intents/ID/capture, /v1/payment_intents/ID/cancel
          POST /v1/refunds; GET /v1/refunds?payment_intent=ID, /v1/refunds/ID
          An account whose name begins with acct_revoked, or that was deauthorized, answers 403 account_invalid.

        For tests
          GET    /_recorded    every request so far, as JSON: method, path, query, fields, headers. DELETE forgets them.
          POST   /_next        path=SUFFIX&effect=EFFECT: the next request whose path ends so gets the effect once:
                               close_before, close_after, silent, silent_before, 429, 500, 500_after, html, slow_N
          POST   /_settle      intent=ID&status=STATUS: what a bank, a buyer or time does to an intent
          POST   /_webhook     url=URL&secret=SECRET&type=TYPE[&account=ID][&intent=ID][&refund=ID][&id=evt_…]
                               [&livemode=true][&age=SECONDS][&object=JSON]: sends a signed event, answers with what
                               came back. Plain http to loopback only.
          DELETE /_state       forgets everything
        """
}
