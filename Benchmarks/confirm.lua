-- wrk: every request is a new, signed confirmation. Arguments: a file of lines "transaction signature", made by
-- the benchmark beforehand, and the body with a %s for the transaction. Ends like purchase.lua.

local signed, body, count = {}, nil, 0

function init(arguments)
    body = arguments[2]
    for line in io.lines(arguments[1]) do signed[#signed + 1] = line end
end

local head = "POST /api/v1/purchase/confirm HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    .. "x-stash-hmac-signature: %s\r\nContent-Length: %d\r\n\r\n%s"

function request()
    count = count + 1
    local line = signed[count]
    -- Not a repeat in its place: the server must refuse it, so that a run too long for its file shows.
    if not line then return "POST /exhausted HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n" end
    local transaction, signature = line:match("^(%S+) (%S+)$")
    local text = body:format(transaction)
    return head:format(signature, #text, text)
end

function done(summary, latency)
    local errors = summary.errors
    print(("RESULT %d %d %d %d %d %d %d"):format(summary.requests, summary.duration, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99),
        latency.max))
end
