#!/usr/bin/env bash
# Starts a peer on loopback under $PEERS (default a temp folder): PostgreSQL with one synchronous standby, Redis with two
# replicas and appendfsync always, etcd with three members. usage: start-peers.sh pg|redis|etcd ; prints the pids it started
set -eu
home=${PEERS:-${TMPDIR:-/tmp}/justhungry-peers-data}; mkdir -p "$home"; chmod 777 "$home"
case $1 in
pg)
  bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
  rm -rf "$home/pg1" "$home/pg2"
  su postgres -c "$bin/initdb -D $home/pg1 -A trust >/dev/null"
  printf "port=7101\nlisten_addresses='127.0.0.1'\nunix_socket_directories='$home'\nmax_connections=600\nwal_level=replica\nsynchronous_standby_names='*'\nsynchronous_commit=local\n" >>"$home/pg1/postgresql.conf"
  echo "host replication postgres 127.0.0.1/32 trust" >>"$home/pg1/pg_hba.conf"
  su postgres -c "$bin/pg_ctl -D $home/pg1 -w -l $home/pg1.log start >/dev/null"
  su postgres -c "$bin/pg_basebackup -h 127.0.0.1 -p 7101 -D $home/pg2 -R -X stream"
  printf "port=7102\n" >>"$home/pg2/postgresql.conf"
  su postgres -c "$bin/pg_ctl -D $home/pg2 -w -l $home/pg2.log start >/dev/null"
  su postgres -c "$bin/psql -q -h 127.0.0.1 -p 7101" <<'SQL'
create table product(name text primary key, stock int not null check (stock >= 0), pence int not null);
create table orders(id bigserial primary key, user_id int not null, status text not null, total int not null, lines jsonb not null);
create index on orders(user_id);
insert into product values ('apple',1000000000,199),('banana',1000000000,55);
create function place_order(u int, names text[], q int[]) returns bigint language plpgsql as $$
declare i int; total int := 0; p int; id bigint;
begin
  for i in 1..array_length(names,1) loop
    update product set stock = stock - q[i] where name = names[i] and stock >= q[i] returning pence into p;
    if not found then raise exception 'low stock of %', names[i]; end if;
    total := total + p * q[i];
  end loop;
  insert into orders(user_id,status,total,lines) values (u,'Active',total,to_jsonb(names)) returning orders.id into id;
  return id;
end $$;
SQL
  sed -i "s/synchronous_commit=local/synchronous_commit=on/" "$home/pg1/postgresql.conf"
  su postgres -c "$bin/pg_ctl -D $home/pg1 reload >/dev/null"
  head -1 "$home/pg1/postmaster.pid"; head -1 "$home/pg2/postmaster.pid" ;;
redis)
  for i in 1 2 3; do
    mkdir -p "$home/r$i"; rm -rf "$home/r$i"/*
    extra=""; [ $i = 1 ] || extra="--replicaof 127.0.0.1 7201"
    redis-server --port 720$i --bind 127.0.0.1 --dir "$home/r$i" --appendonly yes --appendfsync always --save "" --repl-diskless-sync-delay 0 $extra >"$home/r$i.log" 2>&1 &
    echo $!
  done; sleep 3 ;;
etcd)
  cluster="e1=http://127.0.0.1:7311,e2=http://127.0.0.1:7312,e3=http://127.0.0.1:7313"
  for i in 1 2 3; do
    rm -rf "$home/e$i"
    etcd --name e$i --data-dir "$home/e$i" --listen-client-urls http://127.0.0.1:730$i --advertise-client-urls http://127.0.0.1:730$i \
      --listen-peer-urls http://127.0.0.1:731$i --initial-advertise-peer-urls http://127.0.0.1:731$i --initial-cluster "$cluster" \
      --initial-cluster-state new --log-level error >"$home/e$i.log" 2>&1 &
    echo $!
  done; sleep 4 ;;
esac
