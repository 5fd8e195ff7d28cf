#!/bin/sh
# Builds the ledger of the example from its reports and its case file, in the
# folder CASE, by default the one that this script is in. What the reports and the
# case file say is not repeated here: this adds only what an analyst decides about
# it, and every decision says why. The grades and the marks are ours, assumed, and
# there to be changed.
#
#   sh examples/caribbean/ledger.sh [CASE]
#
# DEMARCHE names the program, if it is not to be found by its name.
set -eu
case=${1:-$(dirname "$0")}
demarche=${DEMARCHE:-demarche}
export DEMARCHE_USER="Example analyst"
if [ -e "$case/ledger.db" ]; then
  echo "$case/ledger.db is there already; remove it to build it anew" >&2
  exit 2
fi
ledger() { verb=$1; shift; "$demarche" ledger "$verb" "$case" "$@"; }

ledger add

# Two outlets stand behind the reports: one account that is retold, and public
# records. Both go by the same name here, as both are summaries of ours.
ledger grade demarche-example-outlet C --why "summaries of one published account, which names few of its sources"
ledger grade federal-register-notice-of-the-secretary-of-state A --why "a public record"

# What the reader took for a claim and is none.
for id in $("$demarche" ledger list "$case" --status proposed --csv | sed 1d | cut -d, -f1); do
  ledger reject "$id" --why "part of a claim that is in the ledger already, or the outlet on itself"
done

# Why is there talk of Qatar? Three explanations that exclude one another.
ledger hypothesis prepared --says "A move to Qatar is being prepared in earnest"
ledger hypothesis balloon --says "Washington floats the idea to test reactions and to add pressure"
ledger hypothesis courtship --says "Gulf states court Washington, and officials only describe what each would gain"
rate() { ledger rate "$1" "$2" "$3" --why "$4"; }
rate prepared c1 consistent "officials are said to explore it"
rate balloon c1 consistent "exploring it can itself be the message"
rate courtship c1 inconsistent "officials are said to explore it themselves"
rate prepared c2 consistent "a minister floats it"
rate balloon c2 consistent "floating is what one would do"
rate courtship c2 not_applicable "it does not speak of the Gulf states"
rate prepared c3 consistent "plausible to those who should know"
rate balloon c3 consistent "a trial balloon has to be plausible"
rate courtship c3 consistent "plausible because hosts would be glad"
rate prepared c8 inconsistent "somebody close to it denies that the president explores it"
rate balloon c8 consistent "the denial answers the balloon"
rate courtship c8 consistent "nobody is arranging anything"
rate prepared c9 not_applicable "a flight is not an agreed move"
rate balloon c9 consistent "the denial answers the balloon"
rate courtship c9 consistent "nobody is arranging anything"
ledger deception denial.a-source-familiar-with-qatars-part-in-the --would-see "a denial that is narrow in its words, given while talks go on" --seen yes
