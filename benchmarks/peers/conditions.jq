# Three of the conditions, one line of output for each that a call breaks: what is wrong.
# Exact for the logs of benchmarks/generate.py; the rules also know other forms of zeros, blanks and spellings.
select(.type != "screen" and .integrations.Kochava != false)
| .context.device
| (if .type == "ios" or .type == "android" then empty else "device type" end),
  (if (.id // "") == "" then "device id" else empty end),
  (.advertisingId // .advertising_id // ""
    | if . == "" or . == "00000000-0000-0000-0000-000000000000" then "advertising id" else empty end)
