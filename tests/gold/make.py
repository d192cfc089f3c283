"""Turns quantities.src (sentence || expression;low;high;unit;outcome;counted;part | ...) into quantities.jsonl.
`\\n` in a sentence is a line break; several sentences on a line are an article.
Held back from work on the rules: of the lines, counted from 0, odd ones before 611, and from 1424 on."""
import json, pathlib
U={'p':'people','g':'groups','%':'percent','age':'years of age'}
O=dict(k='killed',i='injured',d='displaced',t='detained',m='missing',n='kidnapped',b='besieged',e='evacuated',a='attacked')
here=pathlib.Path(__file__).parent
out=[]
for n,line in enumerate((here/'quantities.src').read_text().splitlines()):
    text,gold=line.split(' || ')[0],line.split('||')[1].strip()
    text=text.removesuffix(' ||').replace('\\n','\n')
    qs=[];at=0
    for g in filter(None,(x.strip() for x in gold.split(' | '))):
        f=(g.split(';')+['']*7)[:7]
        import re
        m=re.compile(r'(?<![\w,.])'+re.escape(f[0])+r'(?![\w])').search(text,at)
        assert m,(n,f[0],text); at=m.end()
        c=text.find(f[5]) if f[5] else 0
        assert c>=0,(n,f[5],text)
        qs.append(dict(text=f[0],start=len(text[:m.start()].encode()),number_low=float(f[1]) if f[1] else None,number_high=float(f[2]) if f[2] else None,
                       unit=U.get(f[3],f[3]) or None,outcome=O.get(f[4]),counted=f[5] or None,part_of=int(f[6]) if f[6] else None))
    out.append(dict(id=n,held_back=n%2==1 and n<611 or n>=1424,text=text,quantities=qs))
(here/'quantities.jsonl').write_text(''.join(json.dumps(o,ensure_ascii=False)+'\n' for o in out))
print(len(out),sum(len(o['quantities']) for o in out))
