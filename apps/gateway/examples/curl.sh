# Asks a gateway of Weft; the header weft-receipt is what the node signed.
# Beside `npm start`; WEFT_GATEWAY and WEFT_KEY name another.
curl --silent --show-error --fail-with-body --include "${WEFT_GATEWAY:-http://127.0.0.1:8080/v1}/chat/completions" \
  --header "Authorization: Bearer ${WEFT_KEY:-none}" \
  --header 'Content-Type: application/json' \
  --data '{
    "model": "weft/bobbin-2m",
    "messages": [{ "role": "user", "content": "What is 27 + 15?" }]
  }'
