-- For wrk: sends the lines of a file in turn, and prints one line of JSON at the end.  A line is a path to be asked for
-- or, where it begins with "{", the JSON that is posted to the path of the address.

local requests = {}
local turn = 0

function init(arguments)
   for line in io.lines(arguments[1]) do
      if line:sub(1, 1) == "{" then
         requests[#requests + 1] = wrk.format("POST", wrk.path, {["Content-Type"] = "application/json"}, line)
      else
         requests[#requests + 1] = wrk.format("GET", line)
      end
   end
end

function request()
   turn = turn % #requests + 1
   return requests[turn]
end

function done(summary, latency, _)
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "failed": %d}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout
   ))
end
