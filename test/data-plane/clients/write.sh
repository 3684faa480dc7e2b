# Writes messages to the outbox, one after the other, and prints each that the database has acknowledged: `ack NUMBER MILLISECONDS`.
# Ends when there is a file /tmp/finish, with `end MILLISECONDS`.
number=0
while [ ! -e /tmp/finish ]; do
  number=$((number + 1))
  if timeout 10 psql --no-psqlrc --quiet --no-password --command "
    INSERT INTO messaging.outbox (aggregate_type, aggregate_id, event_type, exchange, routing_key, payload)
    VALUES ('order', '$number', 'order.accepted', 'orders', 'order.inbound.test', '{\"number\": $number}')"; then
    echo "ack $number $(date +%s%3N)"
    # A new connection each time is work enough for a node of the tests.
    sleep 0.1
  else
    echo "failed $number $(date +%s%3N)"
    sleep 0.2
  fi
done
echo "end $(date +%s%3N)"
