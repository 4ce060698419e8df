-- wrk: every request is a new purchase of the guide's route. Arguments: a prefix that no other run has, and the key.
-- Ends with one line: answers, those that were no 200, broken connections, and latencies in microseconds.

local prefix, key, count = nil, nil, 0
local threads = {}

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function init(arguments)
    prefix, key = arguments[1], arguments[2]
    refused = 0
end

local head = "POST /purchase/player_%05d HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    .. "x-api-key: %s\r\nContent-Length: %d\r\n\r\n%s"
local body = '{"transactionId":"%s-%d-%08d","items":[{"id":"sword_123","quantity":1}]}'

function request()
    count = count + 1
    local text = body:format(prefix, number, count)
    return head:format(count % 10000, key, #text, text)
end

-- wrk itself counts only those of 400 and more as errors.
function response(status)
    if status ~= 200 then refused = refused + 1 end
end

function done(summary, latency)
    local refused = 0
    for _, thread in ipairs(threads) do refused = refused + thread:get("refused") end
    local errors = summary.errors
    print(("RESULT %d %d %d %d %d %d"):format(summary.requests, refused,
        errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99),
        latency.max))
end
