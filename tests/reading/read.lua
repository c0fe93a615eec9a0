-- The questions of a file in turn, over connections that stay open: lines of a token, a tab and a body. QUESTIONS says which file.
--   QUESTIONS=file wrk -c 16 -t 1 -d 10s -s read.lua --latency http://127.0.0.1:8493
-- Prints answers a second, the milliseconds within which half and 99 % of them came, the bytes of one, and how many failed.
local asked, at = {}, 0

function init()
  for line in io.lines(os.getenv("QUESTIONS")) do
    local token, body = line:match("^(%S+)\t(.*)$")
    local headers = { ["Content-Type"] = "application/json", ["Accept"] = "application/json", ["Authorization"] = "Bearer " .. token }
    asked[#asked + 1] = wrk.format("POST", "/graphql", headers, body)
  end
end

function request()
  at = at % #asked + 1
  return asked[at]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format("found %.1f %.2f %.2f %d %d %d", summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, summary.bytes / summary.requests, failed, summary.requests))
end
