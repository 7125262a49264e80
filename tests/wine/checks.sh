# What is seen of Windows without tor; run.sh calls each see_… in turn. $c is drive C: as Linux sees it.

see_import() {
  local listed
  ps one "Import-Module '$(windows_path "$module")\\OnionShare.psd1'"
  listed=$(ps one '$module = Get-Module OnionShare; "{0} of {1}" -f $module.ExportedCmdlets.Count, (Import-PowerShellDataFile "$($module.ModuleBase)\OnionShare.psd1").CmdletsToExport.Count')
  echo "$listed" && [ "${listed%% *}" = "${listed##* }" ] && [ "${listed%% *}" -ge 30 ]
}

see_pipe_of_this_user() {
  mkdir -p "$c/files" && head -c 300000 /dev/urandom >"$c/files/one file.bin"
  ps one 'Start-OnionShare "C:\files\one file.bin" -LocalOnly -KeepSharing -Name pipe | Out-Null'
  ps one '(Get-OnionEngine).Socket' | grep -x '\\\\\.\\pipe\\onionshare-ps-[0-9a-f]\{16\}'
  [ ! -e "$c/state/run/engine.sock" ]
}

see_another_home_has_another_pipe() {
  ps one '$env:ONIONSHARE_HOME = "C:\another"; try { if (Get-OnionService) { throw "a service of the other home is seen" } } finally { $env:ONIONSHARE_HOME = "C:\state" }'
}

see_share_of_a_file() {
  local url
  url=$(ps one '(Get-OnionService pipe).Url')
  fetch "$url/download" -o "$work/got" && cmp "$work/got" "$c/files/one file.bin"
  fetch -r 1000-1999 "$url/download" -o "$work/got"
  dd if="$c/files/one file.bin" of="$work/part" bs=1000 skip=1 count=1 status=none && cmp "$work/got" "$work/part"
}

see_share_of_a_folder_by_drive() {
  local url
  mkdir -p "$c/tree/sub/leer" && echo inner >"$c/tree/sub/ärger 好.txt" && cp "$c/files/one file.bin" "$c/tree/"
  url=$(ps one 'Set-Location C:\tree; (Start-OnionShare C:sub, ".\one file.bin", "c:/files" -LocalOnly).Url')
  fetch "$url/download" -o "$work/got.zip"
  python3 - "$work/got.zip" "$c" <<'PY'
import sys, zipfile
zip, c = zipfile.ZipFile(sys.argv[1]), sys.argv[2]
assert zip.testzip() is None
assert sorted(zip.namelist()) == ['files/', 'files/one file.bin', 'one file.bin', 'sub/', 'sub/leer/', 'sub/ärger 好.txt'], zip.namelist()
assert zip.read('one file.bin') == open(c + '/tree/one file.bin', 'rb').read()
PY
  until_true ps one 'if (Get-OnionService | Where-Object { $_.Name -ne "pipe" -and "$($_.State)" -ne "Stopped" }) { throw "still there" }'
}

see_receive() {
  local url
  mkdir -p "$c/inbox"
  url=$(ps one '(Start-OnionReceive C:\inbox -LocalOnly -Name inbox).Url')
  fetch -F "file[]=@$c/files/one file.bin" "$url/upload" -o "$work/page"
  find "$c/inbox" -name 'one file.bin' -exec cmp {} "$c/files/one file.bin" \; -print | grep -q .
  [ -z "$(find "$c/inbox" -name '*.part')" ]
}

# File names that mean something else on Windows: devices, streams, drives, dots that are dropped, ways out.
see_names_of_uploads() {
  local url name
  echo x >"$work/x"
  url=$(ps one '(Get-OnionService inbox).Url')
  for name in CON nul.txt 'end. .' 'a:b' 'C:\Windows\x.exe' '..\..\out.txt' 'COM¹' '?*<>|.txt'; do
    curl -sS --fail --max-time 60 -F "file[]=@$work/x;filename=\"${name//\\/\\\\}\"" "$url/upload" -o "$work/page"
  done
  find "$c/inbox" -type f -not -name '*:Zone.Identifier' -printf '%f\n' | sort >"$work/names"
  printf '%s\n' _CON _nul.txt end a_b x.exe out.txt _COM¹ ____\_.txt 'one file.bin' | sed 's/\\//' | sort | diff - "$work/names"
}

# Wine keeps an alternate stream as a file beside its own, and leaves it behind when that is renamed: that it was written is what can be seen.
see_mark_of_the_web() {
  local mark
  mark=$(find "$c/inbox" -name 'one file.bin*:Zone.Identifier' -print -quit)
  [ -n "$mark" ] || not_shown "this Wine keeps alternate streams where they are not seen"
  grep ZoneId=3 "$mark"
}

see_inbox_on_a_device_name_refused() {
  if ps one 'Start-OnionReceive C:\inbox\NUL -LocalOnly | Out-Null' >"$work/said"; then refuse "it was taken"; fi
  cat "$work/said" && grep -q NUL "$work/said"
  if grep -q 'Exception\|Internal' "$work/said"; then refuse "no words for a person"; fi
  [ -z "$(ps one 'Get-OnionService | Where-Object Mode -eq Receive | Where-Object Name -ne inbox | ForEach-Object Name')" ]
}

see_website() {
  local url
  mkdir -p "$c/site/sub" && echo '<h1>home</h1>' >"$c/site/index.html" && echo deep >"$c/site/sub/page.txt" && echo secret >"$c/secret.txt"
  url=$(ps one '(Start-OnionWebsite C:\site\ -LocalOnly).Url')
  fetch "$url/" | grep -q '<h1>home</h1>'
  fetch "$url/sub/page.txt" | grep -qx deep
  # Ways out that only Windows has.
  local out
  for out in '..%5csecret.txt' 'sub%5c..%5c..%5csecret.txt' 'C:%5csecret.txt' 'C:/secret.txt' '/%5c%5c.%5cC:%5csecret.txt' 'index.html::$DATA' 'index.html:x' 'index.html.' 'index.html%20' 'CON' 'sub/NUL'; do
    [ "$(curl -s -o "$work/got" -w '%{http_code}' --max-time 60 --path-as-is "$url/$out")" = 404 ] || { echo "$out: $(head -c 200 "$work/got")"; return 1; }
  done
}

see_links_refused() {
  local url
  mkdir -p "$c/linked"; echo kept >"$c/linked/in.txt"
  ps one 'try { New-Item -ItemType Junction C:\linked\out -Target C:\site | Out-Null } catch { "none: $_" }; if ((Get-Item C:\linked\out -ErrorAction Ignore).LinkType) { "made" }' >"$work/said"
  grep -q made "$work/said" || not_shown "Wine makes no junctions or links: $(head -1 "$work/said")"
  url=$(ps one '(Start-OnionWebsite C:\linked -LocalOnly).Url')
  fetch "$url/in.txt" | grep -qx kept
  [ "$(curl -s -o /dev/null -w '%{http_code}' "$url/out/index.html")" = 404 ]
}

see_chat() {
  local url seat number
  url=$(ps one '(Start-OnionChat -LocalOnly).Url')
  seat=$(fetch "$url/plain" | grep -o 'seat=[^"&]*' | head -1)
  curl -sSN --max-time 60 "$url/plain/messages?$seat" >"$work/stream" 2>/dev/null & local reader=$!
  until_true grep -q . "$work/stream"
  number=$(fetch "$url/plain/write?$seat" | grep -o 'name="n" value="[^"]*"' | head -1 | sed 's/.*value="//; s/"//')
  fetch "$url/plain/say" -d "$seat" -d "n=$number" --data-urlencode 'text=said under Wine' -o "$work/page"
  until_true grep -q 'said under Wine' "$work/stream"
  kill $reader
}

see_saved_service_over_a_restart() {
  local before after
  before=$(ps one '(Start-OnionShare "C:\files\one file.bin" -LocalOnly -KeepSharing -Save -Name kept -Password "river-stone-lamp").Password')
  # The Data Protection API keeps it: the file holds no password, and a new engine reads it.
  if grep -rl 'river-stone-lamp' "$c/state"; then refuse "the password lies on the disk"; fi
  ps one 'Stop-OnionEngine -Force; if (Get-OnionEngine) { throw "it still runs" }'
  after=$(ps one '(Restore-OnionService kept).Password')
  [ "$before" = river-stone-lamp ] && [ "$after" = river-stone-lamp ]
  fetch "$(ps one '(Get-OnionService kept).Url')/download" -o "$work/got" && cmp "$work/got" "$c/files/one file.bin"
}

see_export_and_import() {
  ps one 'Export-OnionService kept -Path C:\kept.onionservice -NoEncryption -WarningAction Ignore | Out-Null
    Stop-OnionService kept -Force; Remove-OnionService kept -Confirm:$false
    if (Get-OnionService -Saved) { throw "it is still saved" }
    $null = Import-OnionService C:\kept.onionservice
    (Get-OnionService -Saved).Name' >"$work/said" || { cat "$work/said"; return 1; }
  cat "$work/said" && grep -x kept "$work/said"
}

see_encrypted_export() {
  local rc=0
  ps one '$phrase = ConvertTo-SecureString -AsPlainText -Force "a long passphrase for this"
    Export-OnionService kept -Path C:\sealed.onionservice -Passphrase $phrase | Out-Null
    (Import-OnionService C:\sealed.onionservice -Passphrase $phrase -Name again).Name' >"$work/said" || rc=$?
  if grep -q 0xc1000008 "$work/said"; then not_shown "Wine 8 refuses the handle of PBKDF2 by which .NET derives the key (STATUS_INVALID_HANDLE)"; fi
  cat "$work/said" && [ $rc = 0 ] && grep -x again "$work/said"
}

see_service_of_a_killed_session_goes_down() {
  open_session two
  ps two "Import-Module '$(windows_path "$module")\\OnionShare.psd1'; Start-OnionShare 'C:\\files\\one file.bin' -LocalOnly -KeepSharing -Name owned | Out-Null"
  [ "$(ps one '(Get-OnionService owned).State')" = Running ]
  ps one "Stop-Process -Force -Id $(ps two '$PID')"
  until_true ps one 'if (Get-OnionService | Where-Object Name -eq owned) { throw "it is there" }'
}
